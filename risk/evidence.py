"""Which rows of which files stand behind one value, which were seen and not counted, and why?

Composed from `features.definition`, the record-by-record reading of every declaration; the engine, and what
an assessment kept, are compared with it.
"""

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from pydantic import TypeAdapter

from data.spec.access import BUREAU, Access, ConsentBasis, Purpose
from data.spec.audit import Action, AuditEvent
from data.spec.identifiers import parse_identifier
from data.spec.missing import Missing
from data.spec.table import Column, Unit
from data.spec.tables import TABLES
from data.spec.tables.profile import enterprise_registration
from data.store.assessments import read_assessment
from data.store.reads import Enterprise, read_batches, read_events
from data.store.work import Work
from features import definition
from features.behind import CountedRow, rows_told
from features.catalogue import FEATURES
from features.definition import seen_by, value_of
from features.engine import compute_with_reasons
from features.plain_reductions import Row
from features.spec import Aggregate, Feature
from features.spine import spine_row
from features.telling import columns_of, say_cell, tell
from risk import consent, startup
from risk.answering import Question
from risk.assessment import Assessment
from risk.freshness import read_freshness
from risk.lineage import (
    Cell,
    Evidence,
    EvidenceRow,
    FeatureUnknown,
    Lineage,
    flag_of,
    rests_on_others,
)

REGISTER = enterprise_registration.name
"""Tells a firm's age, and so whether a missing value applies to it at all."""

NEAR_NAMES = 5
WITHHELD_NOTE = "该指标由其他企业的非公开数据推算，只告知有无，不展示来源行。"
CLOSED_NOTE = "企业未授权该类数据，来源行不予展示；未授权不作为不利理由。"
CHANGED_NOTE = "该指标的声明在评估之后有过改动，所存数值按当时的声明计算。"
UNUSED_NOTE = "这份评估没有用到该指标。"


def explain_value(work: Work, question: Question, feature: str, *, recorded_before: datetime | None = None) -> Evidence:
    """Tell where a value comes from for anyone who may ask about the enterprise; record the reading, never commit.

    `recorded_before` asks what would have been answered before that instant.
    Raises FeatureUnknown, EnterpriseUnknown, DayInFuture, ConsentRequired, ConsentExpired, ConsentRevoked,
        PermissionRequired.
    """
    wanted = find_feature(feature)
    question.check_day()
    enterprise, access = _authorise(work, question, at=question.at)
    asked = _Asked(
        access=access,
        categories=access.categories,
        question=definition.Question(
            enterprise_id=enterprise.id,
            as_of=question.as_of,
            own_loan=question.own_loan,
            recorded_before=_naive(recorded_before),
        ),
    )
    looked = _look(work, wanted, asked)
    _record(work, access, f"enterprise-{enterprise.id}", wanted)
    return _evidence(looked, enterprise, question, stored=None)


def explain_assessment(
    work: Work, id: str, feature: str, *, tenant: str, actor: str, demonstration: bool
) -> Evidence | None:
    """Tell where a value of an assessment given to this tenant comes from; None where it has none by this id.

    Seen are the rows recorded before the assessment, as of its day, without its own loan, in the categories
    open both then and now.
    Raises FeatureUnknown, ConsentRequired, ConsentExpired, ConsentRevoked, PermissionRequired.
    """
    unresolved = Access(
        tenant=tenant, actor=actor, purpose=Purpose.PRE_LOAN, basis=ConsentBasis("unresolved", 0), at=work.at
    )
    found = read_assessment(work, id, access=unresolved)
    if found is None:
        return None
    stored = TypeAdapter(Assessment).validate_python(found.body)
    wanted = find_feature(feature)
    question = Question(
        id=id,
        identifier=parse_identifier(stored.identifier),
        tenant=tenant,
        actor=actor,
        purpose=Purpose(found.purpose),
        as_of=stored.as_of,
        at=stored.made_at,
        demonstration=demonstration,
    )
    enterprise, access = _authorise(work, question, at=work.at)
    asked = _Asked(
        access=access, categories=_open_both_times(access, stored), question=_replayed(question, stored, enterprise)
    )
    looked = _look(work, wanted, asked)
    _record(work, access, id, wanted)
    return _evidence(looked, enterprise, question, stored=stored)


def _authorise(work: Work, question: Question, *, at: datetime) -> tuple[Enterprise, Access]:
    return consent.authorise_indicators(
        work,
        question.identifier,
        tenant=question.tenant,
        actor=question.actor,
        purpose=question.purpose,
        at=at,
        as_of=question.as_of,
    )


def find_feature(name: str) -> Feature:
    """Return the feature of this name or Chinese label; raise FeatureUnknown with near names."""
    labels = {feature.label: feature.name for feature in FEATURES.values()}
    found = FEATURES.get(labels.get(name, name))
    if found is not None:
        return found
    near = difflib.get_close_matches(name.lower(), FEATURES, NEAR_NAMES, cutoff=0.5)
    near += [labels[label] for label in difflib.get_close_matches(name, labels, NEAR_NAMES, cutoff=0.5)]
    named = "、".join(f"{one}（{FEATURES[one].label}）" for one in dict.fromkeys(near[:NEAR_NAMES]))
    raise FeatureUnknown(
        "指标目录中没有这一项。", help=f"相近的有：{named}。" if named else "请用 lukeping catalogue 查看全部指标。"
    )


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """Hold who asks, what is open to him, and the question in the definition's words."""

    access: Access
    categories: frozenset[str] | None
    question: definition.Question

    def may_read(self, name: str) -> bool:
        """Tell whether a table is open."""
        table = TABLES.get(name)
        return table is not None and (self.categories is None or table.group in self.categories)

    def withholds(self, feature: Feature) -> bool:
        """Tell whether a value rests on what is not public of other firms, and may be said as a flag alone."""
        return self.access.tenant != BUREAU and rests_on_others(feature.tables)


@dataclass(frozen=True, kw_only=True)
class _Looked:
    """Hold what was found: the lineage, the value record by record and the engine's."""

    lineage: Lineage
    value: float | None
    engine_value: float | None
    closed: bool
    recorded_before: datetime | None


def _open_both_times(access: Access, stored: Assessment) -> frozenset[str] | None:
    """Return the categories open at the assessment and now; None where all were and are."""
    if stored.categories is None or access.categories is None:
        return access.categories if stored.categories is None else frozenset(stored.categories)
    return access.categories & frozenset(stored.categories)


def _replayed(question: Question, stored: Assessment, enterprise: Enterprise) -> definition.Question:
    expert = stored.model is not None and stored.model.id == startup.CARD.id
    return definition.Question(
        enterprise_id=enterprise.id,
        as_of=stored.as_of,
        own_loan="" if expert else question.own_loan,
        recorded_before=_naive(stored.recorded_before or stored.made_at),
    )


def _naive(at: datetime | None) -> datetime | None:
    """Return an instant as frames write it."""
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None)


def _aware(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=UTC)


def _look(work: Work, feature: Feature, asked: _Asked) -> _Looked:
    names = [name for name in {**dict.fromkeys(feature.tables), REGISTER: None} if asked.may_read(name)]
    events = read_events(work, names, access=asked.access, enterprises=[asked.question.enterprise_id])
    recorded = {name: _recorded(frame, asked.question) for name, frame in events.items()}
    question, family = asked.question, _family(feature)
    spine = spine_row(question.enterprise_id, as_of=question.as_of, own_loan=question.own_loan)
    recorded_before = _aware(asked.question.recorded_before)
    late = read_freshness(work, as_of=asked.question.as_of, recorded_before=recorded_before).late_tables
    values, reasons = compute_with_reasons(family, recorded, spine, late=late)
    missing = {str(name): reason for name, reason in reasons.iloc[0].items()}
    seen = seen_by(family, events, asked.question)
    teller = _Teller(asked=asked, events=events, seen=seen, missing=missing, files=_files(work), late=late)
    return _Looked(
        lineage=teller.lineage(feature),
        value=_known(value_of(feature, seen, asked.question, late=late)),
        engine_value=_known(float(values[feature.name].iloc[0])),
        closed=not all(asked.may_read(name) for name in feature.tables),
        recorded_before=recorded_before,
    )


def _recorded(frame: pd.DataFrame, question: definition.Question) -> pd.DataFrame:
    """Return the rows that had been recorded: the engine is not asked about instants."""
    return frame if question.recorded_before is None else frame[frame["recorded_at"] < question.recorded_before]


def _family(feature: Feature) -> tuple[Feature, ...]:
    """Return the feature and all it rests on, each once."""
    found = {feature.name: feature}
    for each in feature.inputs:
        found |= {other.name: other for other in _family(each)}
    return tuple(found.values())


def _files(work: Work) -> dict[str, tuple[str, str]]:
    """Map each batch to its list's name and its file's."""
    batches = read_batches(work)
    named = zip(batches["id"], batches["source"], batches["file_name"], strict=True)
    return {str(batch): (str(source), str(file)) for batch, source, file in named}


@dataclass(frozen=True, kw_only=True)
class _Teller:
    """Turn the definition's rows and values into a tree for a reader."""

    asked: _Asked
    events: Mapping[str, pd.DataFrame]
    seen: Mapping[str, list[Row]]
    missing: Mapping[str, Any]
    files: Mapping[str, tuple[str, str]]
    late: frozenset[str]

    def lineage(self, feature: Feature) -> Lineage:
        """Return the feature's value with its rows, or with its inputs' values and rows."""
        value = _known(value_of(feature, self.seen, self.asked.question, late=self.late))
        reason = self.missing[feature.name]
        withheld = self.asked.withholds(feature)
        return Lineage(
            feature=feature.name,
            label=feature.label,
            group=feature.group,
            unit=Unit.FLAG if withheld else feature.unit,
            value=flag_of(value) if withheld else value,
            how=tell(feature),
            fingerprint=feature.fingerprint,
            missing=str(reason) if isinstance(reason, Missing) else None,
            withheld=withheld,
            rows=() if withheld else self._rows(feature),
            inputs=tuple(self.lineage(each) for each in feature.inputs),
        )

    def _rows(self, feature: Feature) -> tuple[EvidenceRow, ...]:
        if not isinstance(feature.declaration, Aggregate):
            return ()
        told = rows_told(feature.declaration, self.events, self.asked.question)
        return tuple(self._row(row) for row in sorted(told, key=_newest_first, reverse=True))

    def _row(self, row: CountedRow) -> EvidenceRow:
        list_label, file = self.files[row.batch_id]
        cells = columns_of(TABLES[row.table], row.values)
        return EvidenceRow(
            table=row.table,
            list_label=list_label,
            batch_id=row.batch_id,
            file=file,
            file_row=row.file_row,
            record_key=row.record_key,
            happened_on=row.happened_on,
            ended_on=row.ended_on,
            known_on=row.known_on,
            recorded_at=row.recorded_at.replace(tzinfo=UTC),
            cells=tuple(_cell(name, column, value) for name, column, value in cells),
            counted=row.counted,
            code=row.code,
            why=row.why,
            superseded_by=row.superseded_by,
        )


def _newest_first(row: CountedRow) -> tuple[bool, date, date, int]:
    return row.counted, row.happened_on or date.min, row.known_on or date.min, row.file_row


def _cell(name: str, column: Column, value: Any) -> Cell:
    plain = value.isoformat() if isinstance(value, date) else value
    return Cell(name=name, label=column.label, value=plain, text=say_cell(column, value))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _evidence(looked: _Looked, enterprise: Enterprise, question: Question, *, stored: Assessment | None) -> Evidence:
    lineage = looked.lineage
    used = stored is not None and lineage.feature in stored.values
    kept = stored.values[lineage.feature] if stored is not None and used else looked.engine_value
    changed = (
        stored is not None
        and used
        and stored.fingerprints.get(lineage.feature, lineage.fingerprint) != lineage.fingerprint
    )
    comparable = not looked.closed and (used or stored is None)
    return Evidence(
        enterprise_name=enterprise.name,
        identifier=str(enterprise.identifier),
        as_of=question.as_of,
        purpose=question.purpose,
        recorded_before=looked.recorded_before,
        assessment_id=None if stored is None else stored.id,
        lineage=lineage,
        value=lineage.value,
        stored_value=_shown(kept, lineage) if comparable else None,
        agrees=kept == looked.value == looked.engine_value if comparable else None,
        declaration_changed=changed,
        demonstration=question.demonstration,
        notes=_notes(looked, unused=stored is not None and not used, changed=changed),
    )


def _shown(value: float | None, lineage: Lineage) -> float | None:
    return flag_of(value) if lineage.withheld else value


def _notes(looked: _Looked, *, unused: bool, changed: bool) -> tuple[str, ...]:
    said = {
        WITHHELD_NOTE: looked.lineage.withheld,
        CLOSED_NOTE: looked.closed,
        UNUSED_NOTE: unused,
        CHANGED_NOTE: changed,
    }
    return tuple(note for note, holds in said.items() if holds)


def _record(work: Work, access: Access, object_id: str, feature: Feature) -> None:
    told = {"feature": feature.name}
    work.record(
        AuditEvent(
            tenant=access.tenant,
            actor=access.actor,
            action=Action.EVIDENCE_READ,
            object_id=object_id,
            at=access.at,
            details=told,
        )
    )
