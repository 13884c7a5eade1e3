"""What do all sheets, the cards and the model say together, once they are open? Pure.

Marks and PD are never averaged: marks make a composite among themselves; the model speaks as grade and points, and a
sheet moves its grade by notches.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

from pydantic import TypeAdapter

from risk.assessment import Assessment
from risk.grade import Grade
from risk.joint.compared import Gap, Reference
from risk.joint.findings import say_finding
from risk.joint.sheets import CitedRow
from risk.joint.terms import Terms
from risk.joint.words import Conclusion, Dimension, Sheet
from risk.policies.verdict import Answer, Outcome, Verdict

BY_GRADE = (Dimension.SOLVENCY, Dimension.STABILITY, Dimension.CREDIT)
"""Compared with the model's grade; innovation and growth with the cards, the fit with the industry with nothing."""

POLICY_SAYS: Mapping[Outcome, str] = {
    Outcome.FAILED: "不符合政策条件——",
    Outcome.UNKNOWN: "政策条件尚未证实——",
    Outcome.CONDITIONAL: "政策条件有待补齐——",
}
"""How a reason begins that tells a finding of the product, with what was measured."""
DOUBTFUL = (Outcome.UNKNOWN, Outcome.CONDITIONAL)

TENTH, HUNDREDTH = Decimal("0.1"), Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Citation:
    """Tell what became of a cited row: one that the model counted gives nothing (重复计分)."""

    row: str
    counted_by_model: bool


@dataclass(frozen=True, kw_only=True)
class Notches:
    """Tell by how many grades a sheet would move the model's, and by how many it may."""

    sheet: Sheet
    wanted: int
    allowed: int
    citations: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class ModelSays:
    """Be the model's word: a grade by its place on the master scale (1 = best), a score; None where it gives none."""

    assessment_id: str | None
    status: str
    grade: str | None
    place: int | None
    places: int
    score: int | None
    message: str


@dataclass(frozen=True, kw_only=True)
class Handed:
    """Be a sheet as the opening needs it."""

    sheet: Sheet
    marks: Mapping[Dimension, Decimal]
    notches: int
    cited: tuple[CitedRow, ...]
    saw_model: bool


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Be everything that is opened at once.

    `disagreement` is the weighted mean over the dimensions of (highest − lowest mark) ÷ 100: 0 where all agree.
    `suggestion` is computed; people conclude.
    """

    model: ModelSays
    references: tuple[Reference, ...]
    gaps: tuple[Gap, ...]
    notches: tuple[Notches, ...]
    moved: int
    grade_after: str | None
    sheet_weights: Mapping[Sheet, Decimal]
    dimension_weights: Mapping[Dimension, Decimal]
    composites: Mapping[Dimension, Decimal]
    composite: Decimal
    disagreement: Decimal
    suggestion: Conclusion
    reasons: tuple[str, ...]
    saw_model: Mapping[Sheet, bool]


_RECORD = TypeAdapter(Opening)


def opening_record(opening: Opening) -> dict[str, Any]:
    """Return the opening as plain JSON values; numbers are text."""
    record: dict[str, Any] = _RECORD.dump_python(opening, mode="json")
    return record


def opening_of(record: Mapping[str, Any]) -> Opening:
    """Return the opening that was kept."""
    return _RECORD.validate_python(record)


def open_sheets(
    handed: Sequence[Handed],
    *,
    terms: Terms,
    assessment: Assessment | None,
    scale: Sequence[Grade],
    cards: Mapping[Dimension, Reference],
    counted: frozenset[CitedRow],
    verdict: Verdict | None,
) -> Opening:
    """Return what the sheets come to together, with the cards, the model and the product's verdict.

    `counted` are the cited rows that the model's features had counted. Pure.
    """
    model = model_says(assessment, scale)
    references = tuple(_reference(dimension, model, cards) for dimension in Dimension)
    weights, dimensions = terms.sheet_weights(frozenset(one.sheet for one in handed)), terms.dimension_weights()
    composites = {
        dimension: sum((weights[one.sheet] * one.marks[dimension] for one in handed), Decimal(0)).quantize(TENTH)
        for dimension in Dimension
    }
    notches = tuple(_allowed(one, counted, terms) for one in handed)
    moved = _together([one.allowed for one in notches], terms)
    composite = sum((dimensions[one] * mark for one, mark in composites.items()), Decimal(0)).quantize(TENTH)
    disagreement = _disagreement(handed, dimensions)
    place = None if model.place is None else min(max(model.place - moved, 1), model.places)
    found = _Found(verdict, model, place, composite, disagreement, terms)
    suggestion, reasons = found.suggest()
    return Opening(
        model=model,
        references=references,
        gaps=_gaps(handed, references, terms),
        notches=notches,
        moved=moved,
        grade_after=None if place is None else scale[place - 1].code,
        sheet_weights=weights,
        dimension_weights=dimensions,
        composites=composites,
        composite=composite,
        disagreement=disagreement,
        suggestion=suggestion,
        reasons=reasons,
        saw_model={one.sheet: one.saw_model for one in handed},
    )


def model_says(assessment: Assessment | None, scale: Sequence[Grade]) -> ModelSays:
    """Return the model's grade and score; an expert's grade, or none, has no place on the master scale."""
    codes = [grade.code for grade in scale]
    grade = assessment.grade if assessment is not None else None
    return ModelSays(
        assessment_id=None if assessment is None else assessment.id,
        status="" if assessment is None else str(assessment.status),
        grade=grade,
        place=codes.index(grade) + 1 if grade in codes else None,
        places=len(codes),
        score=None if assessment is None else assessment.score,
        message="" if assessment is None else assessment.message,
    )


def _reference(dimension: Dimension, model: ModelSays, cards: Mapping[Dimension, Reference]) -> Reference:
    if dimension in cards:
        return cards[dimension]
    if dimension not in BY_GRADE:
        return Reference(dimension=dimension, value=None, what="", note="没有可比的参照。")
    if model.place is None:
        return Reference(dimension=dimension, value=None, what="模型等级", note="模型没有给出主标尺上的等级。")
    steps = Decimal(model.places - model.place) / Decimal(model.places - 1)
    return Reference(
        dimension=dimension, value=(steps * 100).quantize(TENTH), what=f"模型等级{model.grade}（按主标尺位次折为百分）"
    )


def _gaps(handed: Sequence[Handed], references: Iterable[Reference], terms: Terms) -> tuple[Gap, ...]:
    most = terms.number("gap_most")
    return tuple(
        Gap(
            sheet=one.sheet,
            dimension=reference.dimension,
            mark=one.marks[reference.dimension],
            reference=reference.value,
            gap=one.marks[reference.dimension] - reference.value,
            to_explain=abs(one.marks[reference.dimension] - reference.value) > most,
        )
        for one in handed
        for reference in references
        if reference.value is not None
    )


def _allowed(one: Handed, counted: frozenset[CitedRow], terms: Terms) -> Notches:
    citations = tuple(Citation(row=str(row), counted_by_model=row in counted) for row in one.cited)
    fresh = sum(1 for each in citations if not each.counted_by_model)
    most = int(terms.number("notches_most"))
    allowed = min(one.notches, most, fresh) if one.notches > 0 else max(one.notches, -most)
    return Notches(sheet=one.sheet, wanted=one.notches, allowed=allowed, citations=citations)


def _together(allowed: Sequence[int], terms: Terms) -> int:
    """Return the median of what the sheets may, cut towards zero: one sheet alone moves little against the others."""
    most = int(terms.number("notches_most"))
    return max(-most, min(most, int(median(allowed)))) if allowed else 0


def _disagreement(handed: Sequence[Handed], weights: Mapping[Dimension, Decimal]) -> Decimal:
    spread = Decimal(0)
    for dimension, weight in weights.items():
        marks = [one.marks[dimension] for one in handed]
        spread += weight * (max(marks) - min(marks)) / 100
    return spread.quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class _Found:
    verdict: Verdict | None
    model: ModelSays
    place: int | None
    composite: Decimal
    disagreement: Decimal
    terms: Terms

    def suggest(self) -> tuple[Conclusion, tuple[str, ...]]:
        """Return the suggestion and what speaks against a better one."""
        against, doubts = self._against(), self._doubts()
        if against:
            return Conclusion.NOT_RECOMMENDED, tuple(against + doubts)
        if doubts:
            return Conclusion.CONDITIONAL, tuple(doubts)
        return Conclusion.RECOMMENDED, ("政策条件、综合分、等级与分歧均在约定范围内。",)

    def _failing(self, outcome: Outcome) -> list[str]:
        if self.verdict is None:
            return []
        return [say_finding(one) for one in self.verdict.findings if one.outcome is outcome]

    def _against(self) -> list[str]:
        said = [f"{POLICY_SAYS[Outcome.FAILED]}{one}" for one in self._failing(Outcome.FAILED)]
        least, worst = self.terms.number("marks_conditional"), self.terms.number("worst_grade_conditional")
        if self.composite < least:
            said.append(f"综合分{self.composite}，低于{least}。")
        if self.place is not None and self.place > worst:
            said.append(f"等级移动后为主标尺第{self.place}级，差于第{worst}级。")
        if self.model.status == "in_default":
            said.append("企业处于违约或违约恢复观察期。")
        if self.verdict is not None and self.verdict.answer is Answer.NOT_IN_FORCE:
            said.append("产品当日没有施行。")
        return said

    def _doubts(self) -> list[str]:
        said = [f"{POLICY_SAYS[one]}{each}" for one in DOUBTFUL for each in self._failing(one)]
        least, worst = self.terms.number("marks_recommended"), self.terms.number("worst_grade_recommended")
        most = self.terms.number("disagreement_most")
        if self.composite < least:
            said.append(f"综合分{self.composite}，低于{least}。")
        if self.place is None:
            said.append("模型没有给出主标尺上的等级。")
        elif self.place > worst:
            said.append(f"等级移动后为主标尺第{self.place}级，差于第{worst}级。")
        if self.disagreement > most:
            said.append(f"分歧指数{self.disagreement}，高于{most}。")
        return said
