"""Do the products answer as their worked cases say, and is every change of every number in a case?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, field_validator

from data.spec.dated import load_strict
from risk.policies.facts import Value, read_facts
from risk.policies.product import HERE, IN_FORCE, Product
from risk.policies.rule import Party, Stage, read_parameters
from risk.policies.support import benefits_of, cap_of, coverage_of
from risk.policies.verdict import FAILING, Answer, Outcome, Verdict, evaluate

DAY = timedelta(days=1)


class Case(BaseModel):
    """Hold one worked case: facts beside the file's own, and what must come of them.

    `failed` names the findings that do not pass and count, `idle` those not in force on the day, where it is given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    on: date
    stage: Stage = Stage.APPLY
    facts: Mapping[str, str] = {}
    answer: Answer
    failed: tuple[str, ...] = ()
    idle: tuple[str, ...] | None = None
    until: date | None = None
    amounts: Mapping[str, Decimal | None] = {}
    shares: Mapping[Party, Decimal] | None = None
    covered: Decimal | None = None
    refund: Decimal | None = None
    cap: Decimal | None = None

    @field_validator("amounts", mode="before")
    @classmethod
    def _nulls(cls, amounts: Mapping[str, str]) -> dict[str, str | None]:
        return {name: None if amount == "null" else amount for name, amount in amounts.items()}


class CaseFile(BaseModel):
    """Hold cases.yaml: the facts that every case starts from, and the cases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    facts: Mapping[str, str]
    cases: tuple[Case, ...]


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """Tell how one case ended: what differs from what it says, in Chinese; nothing where it passed."""

    product: str
    case: str
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Tell whether everything came out as the case says."""
        return not self.differences


@dataclass(frozen=True, kw_only=True)
class MissingCase:
    """Point to a day on which no case asks for a parameter: its first day or the day before."""

    product: str
    parameter: str
    label: str
    day: date


def read_cases(code: str) -> CaseFile:
    """Read a product's cases; raise YamlMalformed or pydantic's ValidationError."""
    text = (HERE / code / "cases.yaml").read_text(encoding="utf-8")
    return CaseFile.model_validate(load_strict(text))


def run_cases(product: Product, file: CaseFile) -> Iterator[CaseResult]:
    """Run every case of a product; raise FactUnknown or FactMalformed where a case cannot be read."""
    for case in file.cases:
        facts = _facts(product, file, case)
        verdict = evaluate(product, facts, on=case.on, stage=case.stage)
        told = (*_verdict_differs(case, verdict), *_money_differs(case, product, facts))
        yield CaseResult(product=product.code, case=case.name, differences=told)


def missing_cases(product: Product, file: CaseFile) -> tuple[MissingCase, ...]:
    """Return the days that lack a case: the first day of every value of every parameter, and the day before."""
    asked = {pair for case in file.cases for pair in _asked(product, case, _facts(product, file, case))}
    parameters = {IN_FORCE: product.file.in_force, **product.file.parameters}
    return tuple(
        MissingCase(product=product.code, parameter=name, label=parameter.label, day=day)
        for name, parameter in parameters.items()
        for start in parameter.values
        for day in (start, start - DAY)
        if (name, day) not in asked
    )


def _facts(product: Product, file: CaseFile, case: Case) -> dict[str, Value]:
    return read_facts({**file.facts, **case.facts}, product.vocabulary)


def _asked(product: Product, case: Case, facts: Mapping[str, Value]) -> Iterator[tuple[str, date]]:
    """Give every parameter and day on which the case's answer rests."""
    yield IN_FORCE, case.on
    if product.in_force(case.on) is None:
        yield from ((name, case.on) for name in product.file.parameters)
        return
    for check in product.checks(case.stage):
        day = facts.get(check.read_on) if check.read_on else case.on
        if isinstance(day, date):
            yield from ((name, day) for name in read_parameters(check))
    for benefit in product.rulebook.benefits:
        if benefit.name in case.amounts:
            yield from ((name, case.on) for name in benefit.parameters)
    if product.rulebook.sharing and case.shares is not None:
        sharing = product.rulebook.sharing
        yield from ((name, case.on) for name in (*sharing.parameters, *sharing.options))
    if product.rulebook.cap and case.cap is not None:
        yield from ((name, case.on) for name in product.rulebook.cap.parameters)


def _verdict_differs(case: Case, verdict: Verdict) -> Iterator[str]:
    failed = {finding.condition for finding in verdict.findings if finding.outcome in FAILING}
    idle = {finding.condition for finding in verdict.findings if finding.outcome is Outcome.NOT_IN_FORCE}
    until = next((finding.until for finding in verdict.findings if finding.until), None)
    if verdict.answer is not case.answer:
        yield f"答复应为 {case.answer}，得到 {verdict.answer}"
    if failed != set(case.failed):
        yield f"未通过的应为 {sorted(case.failed)}，得到 {sorted(failed)}"
    if case.idle is not None and idle != set(case.idle):
        yield f"当日没有规定的应为 {sorted(case.idle)}，得到 {sorted(idle)}"
    if until != case.until:
        yield f"条件期限应为 {case.until}，得到 {until}"


def _money_differs(case: Case, product: Product, facts: Mapping[str, Value]) -> Iterator[str]:
    paid = {one.name: one.amount for one in benefits_of(product, facts, on=case.on)}
    for name, amount in case.amounts.items():
        if name not in paid or paid[name] != amount:
            yield f"{name} 应为 {amount}，得到 {paid.get(name, '没有这一项')}"
    yield from _coverage_differs(case, product, facts)
    if case.cap is not None:
        capped = cap_of(product, facts, on=case.on)
        if capped is None or capped.amount != case.cap:
            yield f"上限应为 {case.cap}，得到 {capped.amount if capped else None}"


def _coverage_differs(case: Case, product: Product, facts: Mapping[str, Value]) -> Iterator[str]:
    told = coverage_of(product, facts, on=case.on)
    coverage = told.coverage if told else None
    if case.shares is not None:
        shares = {} if coverage is None else dict(coverage.shares)
        if shares != dict(case.shares):
            yield f"分担应为 {dict(case.shares)}，得到 {shares}"
    for name, wanted, found in (
        ("覆盖比例", case.covered, coverage and coverage.covered),
        ("回补上限", case.refund, coverage and coverage.refund_most),
    ):
        if wanted is not None and wanted != found:
            yield f"{name}应为 {wanted}，得到 {found}"
