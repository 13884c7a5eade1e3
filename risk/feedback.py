"""What did banks do with assessments, and why; and how often do they go their own way?"""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from data.spec.access import Access, ConsentBasis, Purpose
from data.spec.audit import Action, AuditEvent
from data.spec.dated import load_strict
from data.spec.errors import Refusal
from data.store.assessments import read_assessment
from data.store.reports import Feedback, list_feedback, write_feedback
from data.store.work import Work
from risk.lending_words import FeedbackSummary, Told

LEAST_FIRMS = 20
"""What derives from single firms leaves as an aggregate over at least so many (exchange.md 4)."""


class FeedbackCodeUnknown(Refusal):
    """The code does not belong to the decision."""

    code = "feedback-code-unknown"


@cache
def feedback_codes() -> Mapping[str, Mapping[str, str]]:
    """Return the codes of each decision, with their Chinese words."""
    text = (Path(__file__).parent / "feedback_codes.yaml").read_text(encoding="utf-8")
    known: Mapping[str, Mapping[str, str]] = load_strict(text)
    return known


def give_feedback(work: Work, assessment_id: str, told: Told, *, id: str, tenant: str, actor: str) -> Feedback | None:
    """Keep what a bank did with an assessment of its own; None where it has none by this id. Never commits.

    Raises FeedbackCodeUnknown.
    """
    codes = feedback_codes()[told.decision]
    if told.code not in codes:
        listed = "、".join(f"{name}（{label}）" for name, label in codes.items())
        raise FeedbackCodeUnknown("理由代码不属于这一决定。", help=f"可用的有：{listed}。")
    looking = Access(
        tenant=tenant, actor=actor, purpose=Purpose.PRE_LOAN, basis=ConsentBasis("own-assessments", 0), at=work.at
    )
    given = read_assessment(work, assessment_id, access=looking)
    if given is None:
        return None
    feedback = Feedback(
        id=id,
        tenant=tenant,
        assessment_id=assessment_id,
        enterprise_id=given.enterprise_id,
        decision=told.decision,
        code=told.code,
        words=told.words,
        given_at=work.at,
    )
    details = {"assessment": assessment_id, "decision": told.decision, "code": told.code}
    audit = AuditEvent(
        tenant=tenant, actor=actor, action=Action.FEEDBACK_GIVEN, object_id=id, at=work.at, details=details
    )
    write_feedback(work, feedback, audit=audit)
    return feedback


def summarise_feedback(work: Work) -> FeedbackSummary:
    """Count the last feedback on each assessment over all banks, unless it speaks of too few firms."""
    given = list_feedback(work)
    firms = len({one.enterprise_id for one in given})
    if firms < LEAST_FIRMS:
        return FeedbackSummary(firms=firms, withheld=True, followed=0, overridden=0, codes={})
    decisions = Counter(one.decision for one in given)
    return FeedbackSummary(
        firms=firms,
        withheld=False,
        followed=decisions["followed"],
        overridden=decisions["overridden"],
        codes=dict(sorted(Counter(one.code for one in given).items())),
    )
