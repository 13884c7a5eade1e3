"""What is a move prepared from, and what do all of them check alike?

Pure: a case goes in, what is to be kept comes out, or a Refusal is raised and nothing is kept.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from data.spec.errors import DayInFuture, Refusal
from data.store.applications import Entry
from risk.assessment import Assessment
from risk.joint.application import Application, vocabulary
from risk.joint.facts import Traced, sources_of, values_of
from risk.joint.findings import say_finding
from risk.joint.permissions import Actor
from risk.policies.facts import Fact, Value, read_facts
from risk.policies.rule import STAGE_LABELS, Stage
from risk.policies.verdict import FAILING, Verdict, evaluate, record_of
from risk.validity import Ending

MONEY: Mapping[str, Fact] = {
    "disbursed": Fact(label="放款金额", unit="元"),
    "payout": Fact(label="代偿金额", unit="元"),
    "principal_loss": Fact(label="本金损失", unit="元"),
    "recovered": Fact(label="追回金额", unit="元"),
    "recovery_cost": Fact(label="追偿费用", unit="元"),
}
"""What moves tell beside the facts of policies."""


class ToldMissing(Refusal):
    """The move does not tell what it must."""

    code = "told-missing"


class DayOutOfOrder(Refusal):
    """A day is told that lies before what must have come first."""

    code = "day-out-of-order"


class ConditionsNotMet(Refusal):
    """The product's conditions of this stage are not met: each is named with its document."""

    code = "conditions-not-met"


@dataclass(frozen=True, kw_only=True)
class Case:
    """Hold what a move is prepared from; `facts` tells the facts known on a day.

    `ending` says how the assessment ended before its day, where a severe warning has ended it.
    """

    application: Application
    by: Actor
    on: date
    told: Mapping[str, str]
    attachments: tuple[str, ...]
    facts: Callable[[date], Traced]
    assessment: Assessment | None = None
    ending: Ending | None = None


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Hold what a move keeps in the history and in the books."""

    details: Mapping[str, Any] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()


def tell(
    case: Case, *, needs: Iterable[str] = (), may: Iterable[str] = (), words: Iterable[str] = ()
) -> dict[str, Value]:
    """Read the facts that a move tells; raise ToldMissing, FactUnknown, FactMalformed, DayInFuture.

    `words` are told as text and left to the caller.
    """
    known = {**vocabulary(case.application.product), **MONEY}
    named = (*needs, *(name for name in may if name in known))
    texts = {name: text for name, text in case.told.items() if name not in set(words)}
    found = read_facts(texts, {name: known[name] for name in named})
    missing = [f"{known[name].label}（{name}）" for name in needs if name not in found]
    if missing:
        raise ToldMissing(f"还缺：{'、'.join(missing)}。", help="终端用 --set 名称=值，接口用 facts 填写。")
    days = {name: value for name, value in found.items() if isinstance(value, date) and name != "matures_on"}
    late = [known[name].label for name, value in days.items() if value > case.on]
    if late:
        raise DayInFuture(f"“{late[0]}”还没有到来，办理日是{case.on}。", help="请核对日期。")
    return found


def kept(told: Mapping[str, Value]) -> dict[str, str]:
    """Return what a move tells as it is kept: facts of policies, as text."""
    return {name: str(value) for name, value in told.items() if name not in MONEY}


def number(value: Value) -> Decimal:
    """Return a fact that is a number."""
    assert isinstance(value, Decimal)
    return value


def judged(case: Case, stage: Stage, *, on: date, more: Mapping[str, Value] | None = None) -> tuple[Verdict, Traced]:
    """Return the verdict of the product on a day's facts, and the facts."""
    facts = case.facts(on)
    return evaluate(case.application.product, {**values_of(facts), **(more or {})}, on=on, stage=stage), facts


def verdict_kept(verdict: Verdict, facts: Traced) -> dict[str, Any]:
    """Return a verdict with the sources of the facts it read, as it is kept."""
    read = {name: fact for name, fact in facts.items() if name in verdict.facts}
    return {"verdict": record_of(verdict), "sources": sources_of(read)}


def check_conditions(verdict: Verdict) -> None:
    """Raise ConditionsNotMet, naming what was measured, what is asked for and by which document."""
    if verdict.passed:
        return
    failing = [finding for finding in verdict.findings if finding.outcome in FAILING]
    lines = [say_finding(one) for one in failing]
    said = "；".join(lines) or "；".join(verdict.notes)
    raise ConditionsNotMet(
        f"{verdict.label}的{STAGE_LABELS[verdict.stage]}条件未满足：{said}。", help="没有保存任何东西。补齐后再办理。"
    )
