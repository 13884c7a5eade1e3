"""How does the house's judgement reach the doors?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime

from api.assessment_id import new_id
from api.desks import Institution
from api.wiring.acting import person
from api.wiring.visits import RememberingVisit, visit
from data.spec.access import BUREAU, Access, ConsentBasis, Purpose, bureau_access
from data.spec.consent import Permission
from data.spec.identifiers import Identifier, parse_identifier
from data.spec.progress import Progress
from data.store import Store, Work
from data.store.assessments import read_assessment as read_stored
from data.store.reads import read_enterprises, read_events
from risk.answering import Champions, Question
from risk.assess import assess, read_assessment
from risk.assessment import Assessment, Explanation, RelativeTo, Status
from risk.consent import authorise
from risk.explanation import explain
from risk.objection_words import OPEN_NOTE
from risk.objections import is_disputed
from risk.opened import as_opened
from risk.portfolio import assess_all, note_listed
from risk.readers import Audience, Language

EXAMPLES_TRIED = 25
"""So many borrowers are tried for an example that has a score and reasons both ways."""


class StoreVisit(RememberingVisit):
    """Assess, read and explain in one unit of work."""

    def __init__(self, work: Work, champions: Champions, *, demonstration: bool) -> None:
        super().__init__(work)
        self._champions, self._demonstration = champions, demonstration

    def assess(
        self,
        identifier: Identifier,
        *,
        institution: Institution,
        purpose: Purpose,
        as_of: date,
        id: str,
        relative_to: RelativeTo = RelativeTo.POPULATION,
        product: str | None = None,
    ) -> Assessment:
        """Assess one enterprise for the institution; it sees what its consent opens, and all of it is kept."""
        question = Question(
            id=id,
            identifier=identifier,
            tenant=institution.code,
            actor=institution.code,
            purpose=purpose,
            as_of=as_of,
            at=self._work.at,
            demonstration=self._demonstration,
            relative_to=relative_to,
            product=product,
        )
        return as_opened(self._work, assess(self._work, question, self._champions), tenant=institution.code)

    def read_assessment(self, id: str, *, institution: Institution) -> Assessment | None:
        """Read an assessment again as far as the consent opens it at this instant, as for any reading."""
        whole = self._read_whole(id, institution=institution, permission=Permission.SCORE_READ)
        return None if whole is None else as_opened(self._work, whole, tenant=institution.code)

    def _read_whole(self, id: str, *, institution: Institution, permission: Permission) -> Assessment | None:
        unresolved = ConsentBasis("unresolved", 0)
        looking = Access(
            tenant=institution.code,
            actor=institution.code,
            purpose=Purpose.PRE_LOAN,
            basis=unresolved,
            at=self._work.at,
        )
        stored = read_stored(self._work, id, access=looking)
        if stored is None:
            return None
        _, access = authorise(
            self._work,
            parse_identifier(str(stored.body["identifier"])),
            tenant=institution.code,
            actor=institution.code,
            purpose=Purpose(stored.purpose),
            at=self._work.at,
            permission=permission,
            as_of=date.fromisoformat(str(stored.body["as_of"])),
        )
        answer = read_assessment(self._work, id, access=access)
        disputed = answer is not None and is_disputed(self._work, id)
        return replace(answer, notes=(*answer.notes, OPEN_NOTE)) if answer and disputed else answer

    def explain_assessment(self, id: str, *, institution: Institution, language: Language) -> Explanation | None:
        """Read an assessment again and tell it in the institution's words."""
        answer = self._read_whole(id, institution=institution, permission=Permission.EXPLANATION_READ)
        audience = Audience.BUREAU if institution.kind == BUREAU else Audience.BANK
        return None if answer is None else explain(answer, audience=audience, language=language)


class Assessing:
    """Assess on one store."""

    def __init__(self, store: Store, champions: Champions) -> None:
        self._store, self._champions = store, champions

    @contextmanager
    def visit(self, *, at: datetime) -> Iterator[StoreVisit]:
        """Open the unit of work of one request; a store that cannot be had in time is a refusal."""
        with visit(self._store, at) as work:
            yield StoreVisit(work, self._champions, demonstration=self._store.demonstration)

    def assess_for_bureau(
        self,
        identifier: Identifier,
        *,
        purpose: Purpose,
        as_of: date,
        at: datetime,
        relative_to: RelativeTo = RelativeTo.POPULATION,
        product: str | None = None,
    ) -> Assessment:
        """Assess one enterprise as the bureau under its duty, and keep the answer."""
        question = self._question(identifier, purpose=purpose, as_of=as_of, at=at)
        with self._store.work(at=at) as work:
            answer = assess(work, replace(question, relative_to=relative_to, product=product), self._champions)
            work.commit()
        return answer

    def explain(self, answer: Assessment, *, audience: Audience, language: Language) -> Explanation:
        """Tell an answer to one reader."""
        return explain(answer, audience=audience, language=language)

    def _question(self, identifier: Identifier, *, purpose: Purpose, as_of: date, at: datetime) -> Question:
        return Question(
            id=new_id(at),
            identifier=identifier,
            tenant=BUREAU,
            actor=person(),
            purpose=purpose,
            as_of=as_of,
            at=at,
            demonstration=self._store.demonstration,
        )

    def assess_all(self, *, as_of: date, at: datetime, progress: Progress) -> Sequence[Assessment]:
        """Assess every enterprise known, in the order of their codes; no answer is kept, that they were given is."""
        access = bureau_access(person(), at=at)

        def ask(identifier: Identifier) -> Question:
            return self._question(identifier, purpose=Purpose.PRE_LOAN, as_of=as_of, at=at)

        with self._store.work(at=at, read_only=True) as work:
            answers = list(assess_all(work, ask, self._champions, access=access, progress=progress))
        # The long reading holds up no writer; that it was made is recorded before the first answer is seen.
        with self._store.work(at=at) as work:
            note_listed(work, access=access, as_of=as_of, enterprises=len(answers))
            work.commit()
        return answers

    def assess_example(self, *, at: datetime, progress: Progress) -> Assessment:
        """Assess borrowers from the latest application back until one has reasons both ways; keep that one."""
        candidates = self._borrowers(at)
        progress.stage("评估一家有贷款申请的企业", len(candidates))
        for place, identifier in enumerate(candidates, start=1):
            question = self._question(identifier, purpose=Purpose.PRE_LOAN, as_of=at.date(), at=at)
            with self._store.work(at=at) as work:
                answer = assess(work, question, self._champions)
                if place == len(candidates) or _is_telling(answer):
                    work.commit()
                    break
            progress.advance()
        return answer

    def _borrowers(self, at: datetime) -> list[Identifier]:
        access = bureau_access(person(), at=at)
        with self._store.work(at=at, read_only=True) as work:
            applied = read_events(work, ["loan_application"], access=access)["loan_application"]
            listed = read_enterprises(work, access=access).set_index("enterprise_id")
        latest = applied.sort_values(["happened_on", "enterprise_id"], ascending=False)["enterprise_id"].unique()
        chosen = listed.loc[latest[:EXAMPLES_TRIED]]
        return [
            parse_identifier(f"{scheme}:{value}")
            for scheme, value in zip(chosen["scheme"], chosen["value"], strict=True)
        ]


def _is_telling(answer: Assessment) -> bool:
    return answer.status is Status.SCORED and bool(answer.reasons_for) and bool(answer.reasons_against)
