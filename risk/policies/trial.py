"""What would a product come to for one loan: conditions, who pays, who bears, what it costs, how much, at which rate?

A trial stores nothing. What cannot be worked out is said in a note, never guessed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from pydantic import TypeAdapter

from data.spec.dated import ValueStatus
from risk.policies.cost import FirmCost, cost_of, interest_of
from risk.policies.facts import Value, near
from risk.policies.limit import Limit, limit_of
from risk.policies.losses import Losses, losses_of
from risk.policies.parameters import ParameterUnknown, PolicyParameters, Used, credit_terms
from risk.policies.price import Price, price_of
from risk.policies.product import Product, load_product
from risk.policies.rule import Stage
from risk.policies.support import Covered, Paid, benefits_of, cap_of, coverage_of
from risk.policies.verdict import FAILING, Outcome, Verdict, evaluate, usable_facts

Worked = TypeVar("Worked")


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Name one thing that stands between a loan and its filing; `unknown` where a fact is all that is missing."""

    condition: str
    label: str
    stage: Stage
    unknown: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Hold everything a trial came to; `unverified` lists every unverified number in it, once."""

    product: str
    label: str
    on: date
    illustrative: bool
    reforms: Mapping[str, Decimal | None]
    verdict: Verdict
    watch: Verdict | None
    gaps: tuple[Gap, ...]
    benefits: tuple[Paid, ...]
    covered: Covered | None
    losses: Losses | None
    cost: FirmCost | None
    limit: Limit | None
    price: Price | None
    notes: tuple[str, ...]
    unverified: tuple[Used, ...]


class _Worked(Protocol):
    """Be a part of the answer that names the numbers it was worked out with."""

    @property
    def parameters(self) -> tuple[Used, ...]:
        """Return the numbers."""


_RECORD = TypeAdapter(Trial)


def trial_record(trial: Trial) -> dict[str, Any]:
    """Return the trial as plain JSON values; numbers are text."""
    record: dict[str, Any] = _RECORD.dump_python(trial, mode="json")
    return record


def reform_both(
    product: Product, terms: PolicyParameters, values: Mapping[str, Decimal | None]
) -> tuple[Product, PolicyParameters]:
    """Return copies of product and terms with numbers replaced; raise ParameterUnknown, ParameterMalformed."""
    of_terms = {name: value for name, value in values.items() if name in terms.parameters}
    of_product = {name: value for name, value in values.items() if name not in of_terms}
    strange = [name for name in of_product if name not in product.file.parameters]
    if strange:
        known = {**product.file.parameters, **terms.parameters}
        raise ParameterUnknown(f"“{product.label}”没有名为“{strange[0]}”的参数。", help=near(strange[0], known))
    return product.reform(of_product), terms.reform(of_terms)


def try_product(
    product: Product,
    facts: Mapping[str, Value],
    *,
    on: date,
    stage: Stage | None = None,
    terms: PolicyParameters | None = None,
) -> Trial:
    """Return what the product would come to on facts, its conditions being met or not; `stage` is by default its first.

    Pure: nothing is stored, and no facts raise.
    """
    terms = terms or credit_terms()
    proposed = _proposed(terms)
    known = _estimated(usable_facts(facts, product.vocabulary))
    verdict = evaluate(product, facts, on=on, stage=stage or product.stages[0])
    watch = _watch(product, known, on)
    benefits = benefits_of(product, known, on=on)
    covered, cap = coverage_of(product, known, on=on), cap_of(product, known, on=on)
    notes: list[str] = []
    coverage = covered.coverage if covered else None
    loan = product.rulebook.about_loan or "amount" in known
    losses = cost = price = None
    if loan:
        coverage, guarantee = covered.coverage if covered else None, product.rulebook.guarantee
        losses = _or_note(losses_of(known, coverage=coverage, terms=terms, on=on), "损失", notes)
        cost = _or_note(cost_of(known, benefits=benefits, guarantee=guarantee, terms=terms, on=on), "企业成本", notes)
    if losses is not None:
        price = _or_note(_price(known, losses, terms, on), "定价", notes)
    limit = limit_of(known, cap=cap, loan=loan, terms=terms, on=on)
    limits = limit.lines if limit else ()
    return Trial(
        product=product.code,
        label=product.label,
        on=on,
        illustrative=product.file.illustrative,
        reforms={**product.reforms, **proposed},
        verdict=verdict,
        watch=watch,
        gaps=missing_for_filing(product, facts, on=on),
        benefits=benefits,
        covered=covered,
        losses=losses,
        cost=cost,
        limit=limit,
        price=price,
        notes=(*_warned(verdict), *_said(facts, known), *_reformed(terms, proposed), *notes),
        unverified=_unverified((verdict, watch, *benefits, covered, cap, losses, cost, *limits, price)),
    )


def missing_for_filing(product: Product, facts: Mapping[str, Value], *, on: date) -> tuple[Gap, ...]:
    """Return what is missing before the loan can be filed: conditions of application and of filing that do not pass."""
    if not product.checks(Stage.FILE):
        return ()
    verdicts = [evaluate(product, facts, on=on, stage=stage) for stage in (Stage.APPLY, Stage.FILE)]
    return tuple(
        Gap(
            condition=finding.condition,
            label=finding.label,
            stage=verdict.stage,
            unknown=finding.outcome is Outcome.UNKNOWN,
            note=finding.note or f"现为{finding.measured}，要求{finding.required}。",
        )
        for verdict in verdicts
        for finding in verdict.findings
        if finding.outcome in FAILING
    )


def _estimated(facts: dict[str, Value]) -> dict[str, Value]:
    """Fill in what follows from a loan not yet made: all of it drawn, its interest as agreed."""
    amount, rate, months = (facts.get(name) for name in ("amount", "rate", "term_months"))
    filled: dict[str, Value] = {}
    if isinstance(amount, Decimal):
        filled |= {"balance": amount, "undrawn": Decimal(0)}
    if isinstance(amount, Decimal) and isinstance(rate, Decimal) and isinstance(months, Decimal):
        filled["interest_paid"] = interest_of(amount=amount, rate=rate, term_months=months)
    return {**filled, **facts}


def _said(facts: Mapping[str, Value], known: Mapping[str, Value]) -> list[str]:
    labels = {"balance": "余额按贷款金额", "undrawn": "按已全部提用", "interest_paid": "利息按约定利率估算"}
    filled = [label for name, label in labels.items() if name in known and name not in facts]
    return [f"{'，'.join(filled)}。"] if filled else []


def _proposed(terms: PolicyParameters) -> dict[str, Decimal | None]:
    """Return the terms that are not the file's: numbers of a proposal."""
    own = credit_terms().parameters
    changed = {name: one for name, one in terms.parameters.items() if one != own.get(name)}
    return {name: value.value for name, one in changed.items() for value in one.values.values()}


def _reformed(terms: PolicyParameters, proposed: Iterable[str]) -> list[str]:
    return [f"试算：参数“{terms.parameters[name].label}”按拟议取值。" for name in proposed]


def _warned(verdict: Verdict) -> list[str]:
    return [] if verdict.passed else ["条件没有全部符合：“有支持”的数字只在符合之后才成立。"]


def _watch(product: Product, facts: Mapping[str, Value], on: date) -> Verdict | None:
    if product.rulebook.watched_by is None:
        return None
    return evaluate(load_product(product.rulebook.watched_by), _shared(product, facts), on=on, stage=Stage.FILE)


def _shared(product: Product, facts: Mapping[str, Value]) -> dict[str, Value]:
    """Return the facts that are not the product's own words."""
    return {name: value for name, value in facts.items() if name not in product.file.facts}


def _or_note(worked: Worked | str, what: str, notes: list[str]) -> Worked | None:
    if isinstance(worked, str):
        notes.append(f"没有测算{what}：{worked}")
        return None
    return worked


def _price(facts: Mapping[str, Value], losses: Losses, terms: PolicyParameters, on: date) -> Price | str:
    pd, horizon = facts["pd"], facts["pd_horizon_months"]
    bounds = [one for one in (facts.get("pd_low", pd), facts.get("pd_high", pd)) if isinstance(one, Decimal)]
    assert isinstance(horizon, Decimal)
    return price_of(losses, pd_low=min(bounds), pd_high=max(bounds), horizon_months=horizon, terms=terms, on=on)


def _unverified(parts: Iterable[_Worked | None]) -> tuple[Used, ...]:
    used = [one for part in parts if part is not None for one in part.parameters]
    unverified = [one for one in used if ValueStatus.UNVERIFIED in (one.status, one.first_day_status)]
    return tuple({(one.name, one.label, one.since): one for one in unverified}.values())
