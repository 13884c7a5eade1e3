"""Facts that a product's own cases start from, and one loan with everything known."""

from collections.abc import Callable

import pytest

from data.spec.dated import load_strict
from risk.policies.cases import read_cases
from risk.policies.facts import Value, read_facts
from risk.policies.product import load_product

LOAN = """
rate: 3.6%
term_months: 12
pd: 0.02
pd_low: 0.012
pd_high: 0.035
pd_horizon_months: 18
collateral: 无
guarantee: 无
revenue: 2000万
sales_margin: 0.10
expected_growth: 0.20
working_capital_turnover: 3
own_working_capital: 200万
debt_all_banks: 150万
rnd_expense: 300万
group_exposure: 0
bank_tier1_capital: 10亿
days_past_due_at_disbursement: 0
five_class_at_disbursement: 正常
repays_same_bank: 0
"""


@pytest.fixture
def facts_of() -> Callable[..., dict[str, Value]]:
    """Return a product's facts with those of a loan, some told otherwise (text, 未知 takes one away)."""

    def build(code: str, **told: str) -> dict[str, Value]:
        texts = {**load_strict(LOAN), **read_cases(code).facts, **told}
        return read_facts(texts, load_product(code).vocabulary)

    return build
