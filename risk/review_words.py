"""In which words does a reviewer judge the reasons of an assessment? Plain values, importable without a store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.spec.errors import Refusal


class Verdict(StrEnum):
    """Say how a reason was judged (method.md 6)."""

    CONFIRMED = "confirmed"
    EVIDENCE_WRONG = "evidence_wrong"
    WORDING_MISLEADING = "wording_misleading"
    INCOMPLETE = "incomplete"


VERDICT_LABELS: Mapping[Verdict, str] = {
    Verdict.CONFIRMED: "属实",
    Verdict.EVIDENCE_WRONG: "依据有误",
    Verdict.WORDING_MISLEADING: "措辞易误解",
    Verdict.INCOMPLETE: "不完整",
}


class ReasonNotGiven(Refusal):
    """A judgement is about what was no reason of the assessment, or about one reason twice."""

    code = "reason-not-given"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Judge one reason, named by its feature."""

    feature: str
    verdict: Verdict
    words: str


@dataclass(frozen=True, kw_only=True)
class JudgedReason:
    """Be a reason as it stands judged; `correction_id` names the objection that was opened to correct its evidence."""

    feature: str
    label: str
    verdict: Verdict
    words: str
    reviewer: str
    correction_id: str | None
    reviewed_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReviewSummary:
    """Count the last judgement of each reason, by verdict, and by feature those that were not confirmed."""

    assessments: int
    reasons: int
    verdicts: Mapping[Verdict, int]
    doubted: Mapping[str, int]
