"""How large a credit line does last year's R&D expense carry? An illustration: the official mapping is missing."""

import operator
from decimal import Decimal

from data.spec.table import Unit
from risk.policies.facts import say
from risk.policies.rule import Cap, Condition, Judged, Reading, Rule, Rulebook


def _line(reading: Reading) -> Decimal:
    return min(reading.fact("rnd_expense") * reading.numbers["line_multiple"], reading.numbers["line_cap"])


def _within_line(reading: Reading) -> Judged:
    line, amount = _line(reading), reading.fact("amount")
    return Judged(passed=amount <= line, measured=say(amount, Unit.YUAN), required=f"不超过额度{say(line, Unit.YUAN)}")


RULEBOOK = Rulebook(
    watched_by="filing_watch",
    rules=(
        Condition(
            name="is_credit_loan",
            label="为信用贷款",
            fact="is_credit_loan",
            parameter="requires_credit_loan",
            holds=operator.ge,
        ),
        Condition(
            name="expense_is_on_tax_basis",
            label="研发费用为加计扣除申报口径",
            fact="rnd_on_tax_basis",
            parameter="requires_tax_basis",
            holds=operator.ge,
        ),
        Rule(
            name="within_line",
            label="贷款金额不超额度",
            judge=_within_line,
            facts=("amount", "rnd_expense"),
            parameters=("line_multiple", "line_cap"),
        ),
        Condition(
            name="term_within_limit",
            label="贷款期限不超上限",
            fact="term_months",
            parameter="max_term_months",
            holds=operator.le,
        ),
    ),
    cap=Cap(
        formula="上年研发费用 × 倍数，不超过额度上限",
        amount=_line,
        facts=("rnd_expense",),
        parameters=("line_multiple", "line_cap"),
    ),
)
