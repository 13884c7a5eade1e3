"""Does a firm meet a product's conditions on a day, line by line, and would the old answer be given again?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from data.spec.dated import ValueStatus
from risk.policies.facts import Fact, Value, fault_of, lacking, near, say
from risk.policies.parameters import Used
from risk.policies.product import Product
from risk.policies.rule import (
    STAGE_LABELS,
    Check,
    Condition,
    Judged,
    Reading,
    Stage,
    needed_facts,
    needed_parameters,
    read_parameters,
    required,
)

SUREST_FIRST = (ValueStatus.VERIFIED, ValueStatus.SECONDARY, ValueStatus.DERIVED, ValueStatus.UNVERIFIED)


class Outcome(StrEnum):
    """Say what one finding came to."""

    MET = "met"
    CONDITIONAL = "conditional"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_IN_FORCE = "not_in_force"


OUTCOME_LABELS: Mapping[Outcome, str] = {
    Outcome.MET: "符合",
    Outcome.CONDITIONAL: "有条件符合",
    Outcome.FAILED: "不符合",
    Outcome.UNKNOWN: "未知，不能算符合",
    Outcome.NOT_IN_FORCE: "当日没有规定",
}
PASSING = frozenset({Outcome.MET, Outcome.CONDITIONAL})
FAILING = frozenset({Outcome.FAILED, Outcome.UNKNOWN})


class Answer(StrEnum):
    """Say what a verdict came to."""

    PASSED = "passed"
    CONDITIONAL = "conditional"
    TO_PERSON = "to_person"
    FAILED = "failed"
    NOT_IN_FORCE = "not_in_force"


ANSWER_LABELS: Mapping[Answer, str] = {
    Answer.PASSED: "符合条件",
    Answer.CONDITIONAL: "有条件符合",
    Answer.TO_PERSON: "转人工核查",
    Answer.FAILED: "不符合条件",
    Answer.NOT_IN_FORCE: "当日未施行",
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Tell what one condition came to; measured and required are written with their units.

    A finding that is not in force on the day has not passed, and does not count against the firm either.
    """

    condition: str
    label: str
    passed: bool
    outcome: Outcome
    measured: str
    required: str
    reference: str
    status: ValueStatus
    note: str = ""
    until: date | None = None
    to_person: bool = False
    parameters: tuple[Used, ...] = ()

    @property
    def mark(self) -> str:
        """Return what must be written behind `required`: whether one of its numbers is unverified."""
        return next((used.mark for used in self.parameters if used.mark), "")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Answer for one product, stage and day, with everything it takes to give the same answer again."""

    product: str
    label: str
    stage: Stage
    on: date
    answer: Answer
    findings: tuple[Finding, ...]
    facts: Mapping[str, Value]
    parameters: tuple[Used, ...]
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Tell whether the conditions are met, be it on a condition."""
        return self.answer in (Answer.PASSED, Answer.CONDITIONAL)


_RECORD = TypeAdapter(Verdict)


def record_of(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict as plain JSON values; numbers are text, so that no digit is lost."""
    record: dict[str, Any] = _RECORD.dump_python(verdict, mode="json")
    return record


def verdict_of(record: Mapping[str, Any]) -> Verdict:
    """Return the verdict that was recorded; raise pydantic's ValidationError."""
    return _RECORD.validate_python(record)


def evaluate(product: Product, facts: Mapping[str, Value], *, on: date, stage: Stage = Stage.APPLY) -> Verdict:
    """Return the verdict of a product's conditions on facts, by the documents in force on the day.

    Never raises for what the facts are: one that is unknown, misnamed or no number of its unit is not passed, and the
    verdict says so.
    """
    usable, notes = _usable(facts, product.vocabulary)
    standing, checks = product.in_force(on), product.checks(stage)
    notes += tuple(f"试算：参数“{product.file.parameters[name].label}”按拟议取值。" for name in product.reforms)
    if standing is None or not checks:
        why = f"{product.label}在{on}" + (
            "没有施行。" if standing is None else f"没有“{STAGE_LABELS[stage]}”一环的条件。"
        )
        return _verdict(product, stage, on, findings=(), facts={}, standing=standing, notes=(why, *notes))
    findings = tuple(_finding(check, product, usable, on) for check in checks)
    read = {name for check in checks for name in _read_facts(check)}
    kept = {name: value for name, value in usable.items() if name in read}
    return _verdict(product, stage, on, findings=findings, facts=kept, standing=standing, notes=notes)


def reevaluate(verdict: Verdict, product: Product) -> Verdict:
    """Give an old answer again, from its own facts and the values it used, whatever the files say today."""
    values = verdict.parameters
    return evaluate(product.as_used(values), verdict.facts, on=verdict.on, stage=verdict.stage)


def _verdict(
    product: Product,
    stage: Stage,
    on: date,
    *,
    findings: tuple[Finding, ...],
    facts: Mapping[str, Value],
    standing: Used | None,
    notes: tuple[str, ...],
) -> Verdict:
    used = {(one.name, one.since): one for finding in findings for one in finding.parameters}
    return Verdict(
        product=product.code,
        label=product.label,
        stage=stage,
        on=on,
        answer=_answer(findings),
        findings=findings,
        facts=facts,
        parameters=(*((standing,) if standing else ()), *used.values()),
        notes=notes,
    )


def _answer(findings: Iterable[Finding]) -> Answer:
    counted = [finding for finding in findings if finding.outcome is not Outcome.NOT_IN_FORCE]
    failing = [finding for finding in counted if finding.outcome in FAILING]
    if not counted:
        return Answer.NOT_IN_FORCE
    if any(not finding.to_person for finding in failing):
        return Answer.FAILED
    if failing:
        return Answer.TO_PERSON
    conditional = any(finding.outcome is Outcome.CONDITIONAL for finding in counted)
    return Answer.CONDITIONAL if conditional else Answer.PASSED


def usable_facts(facts: Mapping[str, Value], vocabulary: Mapping[str, Fact]) -> dict[str, Value]:
    """Return the facts that can be what their names say; the others are unknown."""
    return _usable(facts, vocabulary)[0]


def _usable(facts: Mapping[str, Value], vocabulary: Mapping[str, Fact]) -> tuple[dict[str, Value], tuple[str, ...]]:
    usable: dict[str, Value] = {}
    notes = []
    for name, value in facts.items():
        fact = vocabulary.get(name)
        fault = "" if fact is None else fault_of(value, fact)
        if fact is None:
            notes.append(f"没有名为“{name}”的事实，未使用。{near(name, vocabulary)}")
        elif fault:
            notes.append(f"“{fact.label}”（{name}）{fault}，按未知处理。")
        else:
            usable[name] = value
    return usable, tuple(notes)


def _read_facts(check: Check) -> tuple[str, ...]:
    return needed_facts(check) + (() if isinstance(check, Condition) else check.hints)


def reading_of(
    facts: Mapping[str, Value], named: Iterable[str], used: Iterable[Used], *, day: date, vocabulary: Mapping[str, Fact]
) -> Reading:
    """Return the reading of a rule: its facts that are known, its numbers that are in force."""
    known = {name: facts[name] for name in named if name in facts}
    words = {
        name: choice.name
        for name, value in known.items()
        if isinstance(value, Decimal) and (choice := vocabulary[name].choices.get(value)) is not None
    }
    numbers = {one.name: one.value for one in used if one.value is not None}
    return Reading(day, known, numbers, words)


def _finding(check: Check, product: Product, facts: Mapping[str, Value], on: date) -> Finding:
    day = facts.get(check.read_on) if check.read_on else on
    missing = [name for name in needed_facts(check) if name not in facts]
    if not isinstance(day, date):
        return _unknown(check, product, missing, ())
    read = tuple(used for name in read_parameters(check) if (used := product.used(name, day)) is not None)
    in_force = {used.name for used in read if used.value is not None}
    if not in_force or not set(needed_parameters(check)) <= in_force:
        return _told(check, Outcome.NOT_IN_FORCE, Judged(passed=False, measured="", required=""), read)
    if missing:
        return _unknown(check, product, missing, read)
    reading = reading_of(facts, _read_facts(check), read, day=day, vocabulary=product.vocabulary)
    judged = _compare(check, product, reading) if isinstance(check, Condition) else check.judge(reading)
    outcome = Outcome.FAILED if not judged.passed else Outcome.CONDITIONAL if judged.until else Outcome.MET
    return _told(check, outcome, judged, read)


def _compare(check: Condition, product: Product, reading: Reading) -> Judged:
    fact, parameter = product.vocabulary[check.fact], reading.numbers[check.parameter]
    measured = reading.fact(check.fact)
    passed = check.holds(measured, parameter)
    return Judged(
        passed=passed,
        measured=say(measured, fact.unit, fact.choices),
        required=required(check, parameter, fact),
        note="" if passed else check.otherwise,
    )


def _unknown(check: Check, product: Product, missing: Iterable[str], read: tuple[Used, ...]) -> Finding:
    asked = ""
    if isinstance(check, Condition) and read and read[0].value is not None:
        asked = required(check, read[0].value, product.vocabulary[check.fact])
    judged = Judged(passed=False, measured="未知", required=asked, note=lacking(missing, product.vocabulary))
    return _told(check, Outcome.UNKNOWN, judged, read)


def _told(check: Check, outcome: Outcome, judged: Judged, read: tuple[Used, ...]) -> Finding:
    return Finding(
        condition=check.name,
        label=check.label,
        passed=outcome in PASSING,
        outcome=outcome,
        measured=judged.measured,
        required=judged.required,
        reference="；".join(dict.fromkeys(used.reference for used in read)),
        status=least_sure(read),
        note=judged.note,
        until=judged.until,
        to_person=check.to_person,
        parameters=read,
    )


def least_sure(used: Iterable[Used]) -> ValueStatus:
    """Return the status of a chain of numbers: that of its weakest link; of none, unverified."""
    found = [SUREST_FIRST.index(one.status) for one in used]
    return SUREST_FIRST[max(found, default=len(SUREST_FIRST) - 1)]
