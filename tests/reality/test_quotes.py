"""On the published table of loan rates and lost customers, the best rate rises with risk and falls with support."""

from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest

from risk.policies.price import best_quote

pytestmark = pytest.mark.reality
COST = Decimal("0.02")
LGD = Decimal("0.6")
PDS = [Decimal(pd) for pd in ("0", "0.02", "0.05", "0.10", "0.20")]


@pytest.fixture(scope="module", params=[1, 2, 3], ids="ABC")
def lost_at(request: pytest.FixtureRequest, shared_data: Path) -> list[tuple[Decimal, Decimal]]:
    """Read the pairs of one rating: yearly rate, share of customers lost at it."""
    path = next((shared_data / "cumcm2020c").glob("附件3*.xlsx"))
    rows = list(openpyxl.load_workbook(path, data_only=True).worksheets[0].iter_rows(values_only=True))
    return [(Decimal(str(row[0])), Decimal(str(row[request.param]))) for row in rows if isinstance(row[0], float)]


def test_the_table_is_the_one_described(lost_at: list[tuple[Decimal, Decimal]]) -> None:
    rates = [rate for rate, _ in lost_at]

    assert (rates[0], rates[-1], lost_at[0][1]) == (Decimal("0.04"), Decimal("0.15"), 0)
    assert all(low < high for low, high in pairwise(rates))


def test_the_best_rate_never_falls_as_risk_rises(lost_at: list[tuple[Decimal, Decimal]]) -> None:
    rates = [best_quote(lost_at, pd=pd, lgd=LGD, bank_share=Decimal(1), cost=COST).rate for pd in PDS]

    assert rates == sorted(rates)
    assert rates[0] < rates[-1]


def test_no_other_rate_of_the_table_earns_more(lost_at: list[tuple[Decimal, Decimal]]) -> None:
    best = best_quote(lost_at, pd=PDS[1], lgd=LGD, bank_share=Decimal(1), cost=COST)

    for rate, lost in lost_at:
        assert (1 - lost) * ((1 - PDS[1]) * rate - PDS[1] * LGD - COST) <= best.earned


def test_support_lets_a_bank_ask_less_and_earn_more(lost_at: list[tuple[Decimal, Decimal]]) -> None:
    alone, shared = (
        best_quote(lost_at, pd=Decimal("0.05"), lgd=LGD, bank_share=Decimal(share), cost=COST) for share in ("1", "0.3")
    )

    assert shared.rate < alone.rate
    assert shared.earned > alone.earned
