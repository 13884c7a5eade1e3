"""Which firms are introduced to a fund, and up to which investment?"""

import operator
from decimal import Decimal

from risk.policies.rule import Cap, Condition, Reading, Rulebook, not_both


def _investment(reading: Reading) -> Decimal:
    """Return the most that stays within the stake: of what the firm is worth with the money in it."""
    stake = reading.numbers["stake_max"]
    most = reading.numbers["investment_max"]
    return min(most, reading.fact("valuation") * stake / (1 - stake)) if stake < 1 else most


RULEBOOK = Rulebook(
    about_loan=False,
    rules=(
        Condition(
            name="research_is_strong",
            label="研发投入强度达到下限",
            fact="rnd_intensity",
            parameter="rnd_intensity_min",
            holds=operator.ge,
        ),
        Condition(
            name="holds_inventions",
            label="有效发明专利达到下限",
            fact="invention_grants",
            parameter="invention_grants_min",
            holds=operator.ge,
        ),
        Condition(
            name="is_still_small",
            label="上年营业收入不超上限",
            fact="revenue",
            parameter="revenue_max",
            holds=operator.le,
        ),
        Condition(
            name="score_is_sufficient",
            label="信用分达到下限",
            fact="score",
            parameter="score_min",
            holds=operator.ge,
        ),
        Condition(
            name="is_honest",
            label="不是失信被执行人",
            fact="is_dishonest",
            parameter="excludes_dishonest",
            holds=not_both,
        ),
    ),
    cap=Cap(
        formula="投前估值 × 持股上限 ÷（1 － 持股上限），不超过单笔上限",
        amount=_investment,
        facts=("valuation",),
        parameters=("stake_max", "investment_max"),
    ),
)
