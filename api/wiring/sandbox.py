"""How does a sandbox get its twelve enterprises, consents, history and model?

Everything happens at the fixed instants of the table's history, before the day on which it is asked: so that an answer
is the same on every day, at every hour and on every machine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from api.desks import Chapters, Institution, LoadedBatch
from api.list_desks import IntakeWishes
from api.wiring.champions import ShelvedChampions
from api.wiring.intake import Intake
from data.sandbox import LATER, LISTS, ConsentKind, EarlierAssessment, Sandbox, SandboxEnterprise, read_sandbox
from data.spec.access import BUREAU, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.consent import ALL_CATEGORIES, Consent, Party, Permission
from data.spec.identifiers import parse_identifier
from data.spec.table import Group
from data.store import Store
from data.store.consents import write_consents
from data.store.reads import Enterprise, find_enterprise
from data.store.work import Work
from models.sandbox import shelve_sandbox
from risk.answering import Question
from risk.assess import assess
from risk.consent import revoke
from risk.consent_words import Asking
from risk.objection_words import ObjectionKind
from risk.objections import object_to

ACTOR = "init"
MONITORING = frozenset({Purpose.MONITORING})
DECISION = frozenset({Purpose.PRE_LOAN, Purpose.GUARANTEE, Purpose.JOINT_EVALUATION})
DECISION_OF = {"bank": Purpose.PRE_LOAN, "guarantor": Purpose.GUARANTEE}
"""For which purpose each kind of institution asks before it decides."""

OBJECTION_WORDS = "沙箱：企业认为研发费用的统计有误，请复核。"


class SandboxBuild:
    """Fill a new store with the sandbox."""

    def __init__(self, store: Store, shelf: Path, *, askers: Sequence[Institution], progress: Chapters) -> None:
        self._store, self._shelf, self._progress = store, shelf, progress
        self._askers = {one.code: one for one in askers if one.kind in DECISION_OF}
        self._table: Sandbox = read_sandbox()

    def fill(self) -> Sequence[LoadedBatch]:
        """Load the lists, grant the consents, shelve the model, and let the history happen; return the batches."""
        history = self._table.history
        self._progress.chapter("入库")
        batches = self._load(LISTS, at=history.built_at)
        self._progress.chapter("授权与模型")
        taken_back = self._grant()
        self._shelve()
        self._revoke(taken_back)
        self._progress.chapter("既有的评估")
        self._assess()
        batches = [*batches, *self._load(LATER, at=history.warned_at)]
        self._object()
        return [batch for batch in batches if not batch.derived]

    def _load(self, lists: Path, *, at: datetime) -> Sequence[LoadedBatch]:
        return Intake(self._store).load_folder(lists, wishes=IntakeWishes(), at=at, progress=self._progress)

    def _grant(self) -> list[Consent]:
        """Grant what the table says, and return the consents that are taken back later."""
        with self._store.work(at=self._table.history.built_at) as work:
            given = {asker: list(self._consents(work, asker)) for asker in self._askers}
            for asker, consents in given.items():
                told = self._audit(Action.CONSENT_GRANTED, asker, at=work.at, tenant=asker)
                write_consents(work, [consent for consent, _ in consents], told)
            work.commit()
        return [one for own in given.values() for one, kind in own if kind is ConsentKind.REVOKED]

    def _consents(self, work: Work, asker: str) -> Iterator[tuple[Consent, ConsentKind]]:
        for firm in self._table.enterprises:
            own = self._find(work, firm).id
            for word, purposes, answer in (
                ("decision", DECISION, firm.decision),
                ("monitoring", MONITORING, firm.monitoring),
            ):
                if answer.consent is not ConsentKind.NONE:
                    id = f"sandbox-{asker}-{firm.number:02d}-{word}"
                    yield self._consent(id, own, asker, purposes, answer.consent), answer.consent

    def _consent(
        self, id: str, enterprise_id: int, asker: str, purposes: frozenset[Purpose], kind: ConsentKind
    ) -> Consent:
        history = self._table.history
        whole = Consent(
            id=id,
            version=1,
            enterprise_id=enterprise_id,
            grantee=asker,
            purposes=purposes,
            categories=ALL_CATEGORIES,
            permissions=frozenset(Permission),
            valid_from=history.consents_from,
            valid_to=history.consents_to,
        )
        if kind is ConsentKind.EXPIRED:
            return replace(whole, valid_from=history.expired_from, valid_to=history.expired_to)
        if kind is ConsentKind.NARROW:
            return replace(whole, categories=frozenset({Group.TALENT}))
        if kind is ConsentKind.UNREADABLE:
            return replace(whole, permissions=frozenset({Permission.MONITORING}))
        return whole

    def _revoke(self, consents: Sequence[Consent]) -> None:
        with self._store.work(at=self._table.history.revoked_at) as work:
            for consent in consents:
                revoke(work, consent, actor=consent.grantee, at=work.at)
            work.commit()

    def _shelve(self) -> None:
        with self._store.work(at=self._table.history.built_at) as work:
            promotion = shelve_sandbox(self._shelf, by=ACTOR, at=work.at)
            work.record(self._audit(Action.MODEL_PROMOTED, promotion.model, at=work.at))
            work.commit()

    def _assess(self) -> None:
        """Make the assessments that institutions hold already, by the same way as any other."""
        champions = ShelvedChampions(self._shelf)
        with self._store.work(at=self._table.history.assessed_at) as work:
            for earlier in self._table.earlier:
                assess(work, self._question(earlier, at=work.at), champions)
            work.commit()

    def _question(self, earlier: EarlierAssessment, *, at: datetime) -> Question:
        return Question(
            id=earlier.id,
            identifier=parse_identifier(self._table.enterprise(earlier.enterprise).uscc),
            tenant=earlier.asker,
            actor=earlier.asker,
            purpose=DECISION_OF[self._askers[earlier.asker].kind],
            as_of=at.date(),
            at=at,
            demonstration=True,
        )

    def _object(self) -> None:
        with self._store.work(at=self._table.history.objected_at) as work:
            for earlier in self._table.earlier:
                if earlier.objection is not None:
                    by = Asking(tenant=earlier.asker, party=Party.GRANTEE)
                    kind = ObjectionKind.ASSESSMENT
                    object_to(work, kind, earlier.id, OBJECTION_WORDS, id=earlier.objection, by=by)
            work.commit()

    def _find(self, work: Work, firm: SandboxEnterprise) -> Enterprise:
        access = bureau_access(ACTOR, at=work.at)
        return find_enterprise(work, parse_identifier(firm.uscc), access=access)

    def _audit(self, action: Action, object_id: str, *, at: datetime, tenant: str = BUREAU) -> AuditEvent:
        return AuditEvent(tenant=tenant, actor=ACTOR, action=action, object_id=object_id, at=at)
