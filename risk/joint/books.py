"""What do the books say of a guarantor, of a firm's cover, of what was borne and what came back?"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from data.spec.errors import Refusal
from risk.joint.application import Application
from risk.joint.states import Move, State
from risk.joint.words import Book
from risk.policies.rule import Party
from risk.policies.waterfall import RecoveryExceedsLoss, proportional, return_recoveries

NOTHING = Decimal("0.00")
ENDED = (State.SETTLED, State.COMPENSATED, State.RECOVERED)


class AmountTooGreat(Refusal):
    """More is told than there is."""

    code = "amount-too-great"


def guaranteed(application: Application, amount: Decimal) -> Decimal:
    """Return the part of an amount that the guarantor answers for: all but the bank's own share, where it is told."""
    share = application.asked.told.get("bank_share")
    part = 1 - share if isinstance(share, Decimal) else Decimal(1)
    return (amount * part).quantize(Decimal("0.01"))


def liability(applications: Iterable[Application]) -> Decimal:
    """Return what guarantors still answer for in these applications, in yuan."""
    return sum((guaranteed(one, one.outstanding) for one in applications), NOTHING)


def payout_rate(applications: Sequence[Application], *, year: int) -> Decimal | None:
    """Return payouts of a year over the guarantees that ended in it; None where none ended.

    A guarantee ends when the loan is settled or paid out. Formula: 当年代偿额 ÷ 当年解除的担保额.
    """
    since, until = date(year, 1, 1), date(year + 1, 1, 1)
    ended, paid = NOTHING, NOTHING
    for one in applications:
        payouts = [
            entry for entry in one.stored.entries if entry.kind == Book.PAYOUT and since <= entry.booked_on < until
        ]
        settled = one.last(Move.SETTLE)
        out = sum((entry.amount for entry in payouts), NOTHING)
        paid += out
        if settled is not None and since <= settled.on < until:
            ended += guaranteed(one, one.booked(Book.DISBURSED))
        else:
            ended += out
    return (paid / ended).quantize(Decimal("0.0001")) if ended else None


def covered_elsewhere(application: Application, own: Iterable[Application], *, year: int) -> Decimal:
    """Return the balance of a firm's other loans filed in a year for the same product, in yuan."""
    found = NOTHING
    for one in own:
        filed = one.last(Move.FILE)
        same = one.stored.product == application.stored.product and one.is_filed
        if same and filed is not None and filed.on.year == year and one.state not in ENDED:
            found += min(one.booked(Book.FILED), one.outstanding)
    return found


def borne_by(application: Application) -> dict[Party, Decimal]:
    """Return what each party bore of the loss, in yuan."""
    return {party: amount for party in Party if (amount := application.booked(Book.BORNE, party=party))}


def open_by(application: Application) -> dict[Party, Decimal]:
    """Return what each party bore and has not got back, in yuan."""
    return {
        party: amount - application.booked(Book.RETURNED, party=party)
        for party, amount in borne_by(application).items()
    }


def returned(application: Application, *, recovered: Decimal, cost: Decimal) -> Mapping[Party, Decimal]:
    """Divide what was recovered, less its cost, among those who bore the loss; the parts sum to the fen.

    Later recoveries are divided by what each party has not got back yet, which is the original proportion to the fen,
    and never gives anyone more than was borne. Raises RecoveryExceedsLoss, AmountUnsound.
    """
    still = open_by(application)
    net = max(NOTHING, recovered - cost)
    if net > sum(still.values(), NOTHING):
        raise RecoveryExceedsLoss("追回的净额超过了各方尚未收回的损失。", help="超出部分请先冲抵利息与费用。")
    if not net:
        return return_recoveries(recovered=recovered, cost=cost, borne=still)
    return proportional(net, still)
