"""How do names that wait, and decisions about them, reach the doors?"""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from api.name_desk import CandidateEnterprise, DecidedName, DoubtfulName, RememberedDecision, RowsTaken
from api.wiring.acting import as_bureau, person
from data.intake import BatchReport, Reason
from data.intake.deciding import decide_name
from data.intake.lists import LISTS
from data.intake.resemblance import WHY_LABELS, Why
from data.spec.access import Purpose
from data.spec.identifiers import Identifier, Scheme
from data.store import Store
from data.store.doubts import (
    DECIDED,
    WAITING,
    Doubt,
    NameDecision,
    StoredCandidate,
    list_doubts,
    read_candidates,
    read_doubtful_rows,
    read_last_decisions,
)
from data.store.reads import read_enterprises


class NameQueue:
    """Show and decide the doubtful names of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list_names(self, *, decided: bool, at: datetime) -> Sequence[DoubtfulName]:
        """List the names that wait, or those decided about."""
        with self._store.work(at=at, read_only=True) as work:
            doubts = list_doubts(work, DECIDED if decided else WAITING)
            told_of = _Told(read_enterprises(work, access=as_bureau(at, purpose=Purpose.INTAKE)))
            rows = dict(iter(read_doubtful_rows(work).groupby("doubt_id")))
            candidates = read_candidates(work, [doubt.id for doubt in doubts])
            decisions = read_last_decisions(work)
        listed = [
            told_of.doubt(doubt, rows[doubt.id], candidates[doubt.id], decisions.get(doubt.id)) for doubt in doubts
        ]
        return [name for name in listed if decided or name.rows_waiting]

    def decide(self, entry: int, *, enterprise: Identifier | None, revise: bool, at: datetime) -> DecidedName:
        """Decide about one name."""
        report = decide_name(self._store, entry, enterprise=enterprise, at=at, actor=person(), revise=revise)
        return DecidedName(
            entry=entry,
            list_label=LISTS[report.doubt.list].label,
            name=report.doubt.name,
            enterprise=None if report.enterprise is None else str(report.enterprise.identifier),
            enterprise_name=None if report.enterprise is None else report.enterprise.name,
            taken=tuple(_taken(batch) for batch in report.batches),
            rows_withdrawn=report.withdrawn,
            rows_waiting=report.waiting,
            remembered=report.doubt.state == DECIDED,
            notes=report.notes,
        )


def _taken(report: BatchReport) -> RowsTaken:
    return RowsTaken(
        batch_id=report.batch_id,
        file=report.file_name,
        kept=report.kept,
        already_known=report.already_known + report.repeated,
        set_aside=tuple(_reason(reason) for reason in report.quarantined),
    )


def _reason(reason: Reason) -> str:
    return f"第 {'、'.join(map(str, reason.rows))} 行：{reason.message}（{reason.code}）"


class _Told:
    """Tell of doubts in the doors' words."""

    def __init__(self, enterprises: pd.DataFrame) -> None:
        columns = (enterprises["scheme"], enterprises["value"], enterprises["name"])
        rows = zip(enterprises["enterprise_id"].tolist(), *columns, strict=True)
        self._enterprises = {
            number: (str(Identifier(Scheme(scheme), value)), str(name)) for number, scheme, value, name in rows
        }

    def doubt(
        self, doubt: Doubt, rows: pd.DataFrame, candidates: Sequence[StoredCandidate], decision: NameDecision | None
    ) -> DoubtfulName:
        first = rows.iloc[0]
        return DoubtfulName(
            entry=doubt.id,
            list_name=doubt.list,
            list_label=LISTS[doubt.list].label,
            name=doubt.name,
            former_name=doubt.former_name,
            normalised=doubt.names_key,
            code=doubt.code,
            message=doubt.message,
            state=doubt.state,
            rows_waiting=int(rows["taken_batch_id"].isna().sum()),
            first_batch=str(first["batch_id"]),
            first_file=str(first["file_name"]),
            first_row=int(first["file_row"]),
            candidates=tuple(self._candidate(one) for one in candidates),
            decision=None if decision is None else self._decision(decision),
        )

    def _candidate(self, candidate: StoredCandidate) -> CandidateEnterprise:
        identifier, name = self._enterprises[candidate.enterprise_id]
        return CandidateEnterprise(
            enterprise=identifier,
            enterprise_name=name,
            name=candidate.name,
            score=candidate.score,
            why=candidate.why,
            why_label=WHY_LABELS[Why(candidate.why)],
        )

    def _decision(self, decision: NameDecision) -> RememberedDecision:
        nobody = decision.enterprise_id is None
        identifier, name = (None, None) if nobody else self._enterprises[decision.enterprise_id or 0]
        return RememberedDecision(
            enterprise=identifier, enterprise_name=name, by=decision.actor, at=decision.decided_at
        )
