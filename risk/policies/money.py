"""How is money rounded and divided, so that the parts are always the whole to the fen?"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TypeVar

from data.spec.errors import Refusal

FEN = Decimal("0.01")
MOST = Decimal("1e15")
"""Yuan above which an amount is taken for a slip of the pen; every fen below it is exact."""

Key = TypeVar("Key", bound=str)


class AmountUnsound(Refusal):
    """The amount is not money: not a number, negative, beyond all bounds, or finer than a fen."""

    code = "amount-unsound"


class SharesUnsound(Refusal):
    """Shares that must make up the whole do not."""

    code = "shares-unsound"


def to_fen(yuan: Decimal | Fraction) -> Decimal:
    """Round to the fen, halves away from zero.

    >>> to_fen(Decimal("1.005")), to_fen(Fraction(1, 3))
    (Decimal('1.01'), Decimal('0.33'))
    """
    if isinstance(yuan, Fraction):
        doubled = 2 * 100 * abs(yuan)
        fen = (doubled.numerator // doubled.denominator + 1) // 2
        return _yuan(fen if yuan >= 0 else -fen)
    return yuan.quantize(FEN, rounding=ROUND_HALF_UP)


def check_amount(yuan: Decimal, label: str) -> Decimal:
    """Return yuan where it is money of whole fen from 0 up; raise AmountUnsound naming the label."""
    if not yuan.is_finite():
        raise AmountUnsound(f"“{label}”不是一个数。", help="请填写以元为单位的金额。")
    if yuan < 0 or yuan > MOST:
        raise AmountUnsound(f"“{label}”超出了可能的范围。", help="金额不为负，且以元为单位。")
    if yuan != yuan.quantize(FEN):
        raise AmountUnsound(f"“{label}”细于一分。", help="金额精确到分。")
    return yuan.quantize(FEN)


def split(total: Decimal, shares: Mapping[Key, Decimal | Fraction]) -> dict[Key, Decimal]:
    """Divide yuan by shares; the parts sum to total to the fen, each within a fen of its exact value.

    Largest remainder: every part is cut to whole fen, and the fen left over go to the parts that lost most, earlier
    ones first among equals. Raises SharesUnsound where the shares do not make up 1, AmountUnsound for total.
    """
    fen = int(check_amount(total, "待分摊金额") * 100)
    exact = {key: Fraction(share) * fen for key, share in shares.items()}
    if (
        any(share < 0 for share in exact.values())
        or sum((Fraction(share) for share in shares.values()), Fraction(0)) != 1
    ):
        raise SharesUnsound("各方分担比例合计不是百分之百。", help="请检查各方比例。")
    parts = {key: int(value) for key, value in exact.items()}
    losers = sorted(exact, key=lambda key: parts[key] - exact[key])
    for key in losers[: fen - sum(parts.values())]:
        parts[key] += 1
    return {key: _yuan(part) for key, part in parts.items()}


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)
