"""Under what terms was a past answer given, and may this tenant read what stood behind it now?"""

from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter

from data.spec.access import Access, ConsentBasis, Purpose
from data.spec.identifiers import parse_identifier
from data.store.assessments import read_assessment
from data.store.reads import Enterprise
from data.store.work import Work
from risk import consent
from risk.answering import Question
from risk.assessment import Assessment, RelativeTo


@dataclass(frozen=True, kw_only=True)
class Reopened:
    """Hold a past answer, whose it is, the question it answered, and the access with which one may look again."""

    stored: Assessment
    enterprise: Enterprise
    question: Question
    access: Access

    @property
    def recorded_before(self) -> datetime:
        """Return the instant before which all that the answer saw had been recorded."""
        return self.stored.recorded_before or self.stored.made_at

    @property
    def categories(self) -> frozenset[str] | None:
        """Return the categories open both then and now; None where all were and are."""
        then, now = self.stored.categories, self.access.categories
        if then is None or now is None:
            return now if then is None else frozenset(then)
        return now & frozenset(then)

    @property
    def looking(self) -> Access:
        """Return the access narrowed to what was open both then and now."""
        return replace(self.access, categories=self.categories)


def reopen(work: Work, id: str, *, tenant: str, actor: str, demonstration: bool) -> Reopened | None:
    """Return a past answer given to this tenant with the terms to look again; None where there is none by this id.

    Raises ConsentRequired, ConsentExpired, ConsentRevoked.
    """
    unresolved = Access(
        tenant=tenant, actor=actor, purpose=Purpose.PRE_LOAN, basis=ConsentBasis("unresolved", 0), at=work.at
    )
    found = read_assessment(work, id, access=unresolved)
    if found is None:
        return None
    stored = TypeAdapter(Assessment).validate_python(found.body)
    identifier, purpose = parse_identifier(stored.identifier), Purpose(found.purpose)
    enterprise, access = consent.authorise(work, identifier, tenant=tenant, actor=actor, purpose=purpose, at=work.at)
    question = Question(
        id=id,
        identifier=identifier,
        tenant=tenant,
        actor=actor,
        purpose=purpose,
        as_of=stored.as_of,
        at=stored.made_at,
        demonstration=demonstration,
        relative_to=stored.reference.asked if stored.reference else RelativeTo.POPULATION,
        product=stored.product,
    )
    return Reopened(stored=stored, enterprise=enterprise, question=question, access=access)
