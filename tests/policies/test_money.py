"""Parts are always the whole to the fen, and no part strays a fen from its exact value."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.policies.money import AmountUnsound, SharesUnsound, split, to_fen

YUAN = st.decimals(min_value=0, max_value=Decimal("1e15"), places=2)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=7).filter(any)


def shares_of(weights: list[int]) -> dict[str, Fraction]:
    """Return shares that sum to exactly one."""
    return {str(place): Fraction(weight, sum(weights)) for place, weight in enumerate(weights)}


@given(total=YUAN, weights=WEIGHTS)
def test_parts_sum_to_the_whole_and_stay_within_a_fen(total: Decimal, weights: list[int]) -> None:
    shares = shares_of(weights)

    parts = split(total, shares)

    assert sum(parts.values()) == total
    for key, part in parts.items():
        assert abs(Fraction(part) - shares[key] * Fraction(total)) < Fraction(1, 100)
        assert part == part.quantize(Decimal("0.01"))
        assert part >= 0


@given(total=YUAN, weights=WEIGHTS)
def test_nobody_without_a_share_bears_a_fen(total: Decimal, weights: list[int]) -> None:
    parts = split(total, shares_of([*weights, 0]))

    assert parts[str(len(weights))] == 0


@given(total=st.integers(0, 10**9))
def test_the_fen_left_over_go_to_those_who_lost_most(total: int) -> None:
    yuan = Decimal(total).scaleb(-2)
    shares = {"province": Decimal("0.35"), "city": Decimal("0.35"), "bank": Decimal("0.30")}

    lost = [shares[key] * yuan - part for key, part in split(yuan, shares).items()]

    raised = [loss for loss in lost if loss < 0]
    cut = [loss for loss in lost if loss >= 0]
    assert not raised or not cut or max(loss + Decimal("0.01") for loss in raised) >= max(cut)


@pytest.mark.parametrize(
    ("total", "parts"),
    [("0.01", ["0.01", "0.00", "0.00"]), ("0.02", ["0.01", "0.01", "0.00"]), ("100.01", ["35.01", "35.00", "30.00"])],
)
def test_among_equals_the_first_named_bears_the_fen(total: str, parts: list[str]) -> None:
    divided = split(Decimal(total), {"province": Decimal("0.35"), "city": Decimal("0.35"), "bank": Decimal("0.30")})

    assert [str(part) for part in divided.values()] == parts


@pytest.mark.parametrize("shares", [{"a": "0.5", "b": "0.4999"}, {"a": "1.1", "b": "-0.1"}, {}, {"a": "1.0001"}])
def test_shares_that_do_not_make_up_the_whole_are_refused(shares: dict[str, str]) -> None:
    with pytest.raises(SharesUnsound, match="百分之百"):
        split(Decimal(100), {key: Decimal(share) for key, share in shares.items()})


@pytest.mark.parametrize("total", ["NaN", "Infinity", "-0.01", "0.001", "1e16"])
def test_what_is_not_money_is_not_divided(total: str) -> None:
    with pytest.raises(AmountUnsound):
        split(Decimal(total), {"a": Decimal(1)})


@given(numerator=st.integers(-(10**12), 10**12), denominator=st.integers(1, 10**6))
def test_rounding_is_to_the_nearest_fen(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)

    assert abs(Fraction(to_fen(exact)) - exact) <= Fraction(1, 200)


@pytest.mark.parametrize(
    ("exact", "fen"), [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.0049", "0.00"), ("2.675", "2.68")]
)
def test_halves_go_away_from_zero(exact: str, fen: str) -> None:
    assert to_fen(Decimal(exact)) == to_fen(Fraction(exact)) == Decimal(fen)
