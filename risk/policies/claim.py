"""Who pays how much when a loan has gone bad, and what do voucher orders pay by themselves?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from risk.policies.facts import Value
from risk.policies.product import Product
from risk.policies.rule import Party, Stage
from risk.policies.support import benefits_of, coverage_of
from risk.policies.verdict import Answer, Verdict, evaluate
from risk.policies.waterfall import ALONE, divide_loss


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Tell who bears a principal loss, in yuan summing to the loss, and the verdict it rests on."""

    verdict: Verdict
    parts: Mapping[Party, Decimal]
    note: str


def settle(
    product: Product, facts: Mapping[str, Value], *, principal_loss: Decimal, disbursed_on: date, on: date
) -> Claim:
    """Divide a principal loss: by the conditions of the claim's day and the shares of the day of disbursement.

    Unless every condition is met for good, the bank bears all. Raises AmountUnsound for the loss.
    """
    verdict = evaluate(product, facts, on=on, stage=Stage.CLAIM)
    covered = coverage_of(product, facts, on=disbursed_on)
    coverage = covered.coverage if covered else None
    if verdict.answer is not Answer.PASSED or coverage is None:
        note = "补偿条件未全部满足，损失由银行承担。" if coverage else "放款日没有有效的分担比例，损失由银行承担。"
        return Claim(verdict=verdict, parts=divide_loss(loss=principal_loss, coverage=ALONE), note=note)
    return Claim(verdict=verdict, parts=divide_loss(loss=principal_loss, coverage=coverage), note="")


@dataclass(frozen=True, kw_only=True)
class Order:
    """Hold one voucher order as systems recorded it; `facts` are those of the product but what was paid this year."""

    order_no: str
    completed_on: date
    facts: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class Redemption:
    """Tell what one order pays, in yuan, and why."""

    order_no: str
    amount: Decimal
    verdict: Verdict


def redeem(product: Product, orders: Iterable[Order]) -> tuple[Redemption, ...]:
    """Pay one firm's orders of any years in the order of their days, without an application (无感兑付).

    What was paid in a calendar year counts against its cap.
    """
    paid: dict[int, Decimal] = {}
    done = []
    for order in sorted(orders, key=lambda one: (one.completed_on, one.order_no)):
        before = paid.get(order.completed_on.year, Decimal(0))
        facts = {**order.facts, "paid_this_year": before}
        verdict = evaluate(product, facts, on=order.completed_on, stage=Stage.SUBSIDY)
        amounts = [one.amount for one in benefits_of(product, facts, on=order.completed_on)]
        amount = sum((one for one in amounts if one), Decimal("0.00")) if verdict.passed else Decimal("0.00")
        paid[order.completed_on.year] = before + amount
        done.append(Redemption(order_no=order.order_no, amount=amount, verdict=verdict))
    return tuple(done)
