"""Who bears a loss, and who gets back what is recovered of it?"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from data.spec.errors import Refusal
from risk.policies.money import check_amount, split, to_fen
from risk.policies.rule import Coverage, Party


class RecoveryExceedsLoss(Refusal):
    """More was recovered than was lost: the surplus belongs to nobody who bore the loss."""

    code = "recovery-exceeds-loss"


ALONE = Coverage({Party.BANK: Decimal(1)})
"""Without support the bank bears all."""


def divide_loss(*, loss: Decimal, coverage: Coverage) -> dict[Party, Decimal]:
    """Divide a principal loss in yuan among the parties; the parts sum to the loss to the fen.

    What is not covered stays with the bank; then the province refunds the guarantor up to the refund.
    Raises AmountUnsound, SharesUnsound.
    """
    covered = to_fen(check_amount(loss, "本金损失") * coverage.covered)
    parts = split(covered, coverage.shares)
    parts[Party.BANK] = parts.get(Party.BANK, Decimal(0)) + loss - covered
    refund = min(parts.get(Party.GUARANTOR, Decimal(0)), to_fen(coverage.refund_most))
    if refund:
        parts[Party.GUARANTOR] -= refund
        parts[Party.PROVINCE] = parts.get(Party.PROVINCE, Decimal(0)) + refund
    return parts


def return_recoveries(*, recovered: Decimal, cost: Decimal, borne: Mapping[Party, Decimal]) -> dict[Party, Decimal]:
    """Return what was recovered, less its cost, to those who bore the loss, in proportion; sums to the fen.

    Costs above what was recovered return nothing. Raises AmountUnsound, RecoveryExceedsLoss.
    Source: 鲁科字〔2016〕173号 (net of cost, pro rata by original channel).
    """
    net = max(Decimal(0), check_amount(recovered, "追回金额") - check_amount(cost, "追偿费用"))
    total = sum((check_amount(part, "各方承担的损失") for part in borne.values()), Decimal(0))
    if net > total:
        raise RecoveryExceedsLoss("追回的净额超过了各方承担的损失。", help="超出部分请先冲抵利息与费用。")
    return proportional(net, borne) if net else dict.fromkeys(borne, Decimal("0.00"))


def proportional(amount: Decimal, weights: Mapping[Party, Decimal]) -> dict[Party, Decimal]:
    """Divide an amount in proportion to weights, which are not all zero."""
    total = sum(map(Fraction, weights.values()), Fraction(0))
    return split(amount, {party: Fraction(weight) / total for party, weight in weights.items()})
