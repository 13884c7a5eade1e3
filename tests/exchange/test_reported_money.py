"""Does every fen that a bank reports come back as it was sent?"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from risk.permissions import Role
from tests.exchange.conftest import World, make_world
from tests.exchange.rows import loan_body

MOST_FEN = 10**14
"""The most that a report takes: a million million yuan."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    yield from make_world(tmp_path_factory.mktemp("money"))


def said(fen: int) -> str:
    return f"{Decimal(fen) / 100:.2f}"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amount=st.integers(1, MOST_FEN), lost=st.integers(0, MOST_FEN), overdue=st.integers(0, MOST_FEN))
@example(amount=MOST_FEN, lost=MOST_FEN, overdue=MOST_FEN)
@example(amount=MOST_FEN - 1, lost=1, overdue=29)
def test_every_fen_comes_back(house: World, amount: int, lost: int, overdue: int) -> None:
    number = f"M-{next(house.keys)}"

    def send(path: str, body: object) -> Any:
        return house.client.post(path, json=body, headers=house.headers(Role.BANK, "a"))

    terms = {"disbursed_on": "2025-01-10", "applied_on": "2025-01-05", "amount": said(amount)}
    loan = send("/v1/loans", {**loan_body(house, "a", number), **terms})
    assert loan.status_code == 201, loan.text
    month = {
        "month_end": "2025-06-30",
        "days_past_due": 31,
        "balance": said(amount),
        "overdue_amount": said(min(overdue, amount)),
    }
    paid = {"event": "guarantee_payout", "occurred_on": "2025-09-15", "amount": said(lost)}
    outcome = send(f"/v1/loans/{number}/outcomes", {"months": [month], "events": [paid]})
    assert outcome.status_code == 201, outcome.text

    told = house.client.get(f"/v1/loans/{number}", headers=house.headers(Role.BANK, "a")).json()

    assert told["amount"] == said(amount)
    assert [told["months"][0][name] for name in ("balance", "overdue_amount")] == [
        said(amount),
        said(min(overdue, amount)),
    ]
    assert told["events"][0]["amount"] == said(lost)
