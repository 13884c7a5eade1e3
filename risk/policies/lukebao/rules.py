"""Which premiums does the province subsidise, and by how much?"""

import operator
from decimal import Decimal

from risk.policies.rule import Benefit, Condition, Judged, Party, Reading, Rule, Rulebook, Stage

KINDS = {
    "first_of_kind": "首台（套）、首批次、首版次",
    "rnd_failure": "研发费用损失",
    "rnd_equipment": "研发设备",
    "product_liability": "产品责任",
    "ip": "知识产权",
    "loan_guarantee": "贷款保证",
}


def _kind(reading: Reading) -> Judged:
    word = reading.words["insurance_kind"]
    passed = reading.grants(f"insures_{word}") if word in KINDS else False
    return Judged(passed=passed, measured=KINDS.get(word, "其他险种"), required="列入补贴的险种")


def _subsidy(reading: Reading) -> Decimal:
    numbers = reading.numbers
    rate = numbers["first_rate"] if reading.fact("insurance_year") <= 1 else numbers["later_rate"]
    return min(reading.fact("premium") * rate, _room(reading))


def _room(reading: Reading) -> Decimal:
    return max(Decimal(0), reading.numbers["yearly_cap"] - reading.fact("premium_subsidy_before"))


RULEBOOK = Rulebook(
    about_loan=False,
    rules=(
        Rule(
            name="kind_is_insured",
            label="险种列入补贴",
            judge=_kind,
            facts=("insurance_kind",),
            parameters=tuple(f"insures_{kind}" for kind in KINDS),
        ),
        Condition(
            name="cap_is_not_used_up",
            label="本年度补贴未达上限",
            fact="premium_subsidy_before",
            parameter="yearly_cap",
            holds=operator.lt,
            stage=Stage.SUBSIDY,
        ),
    ),
    benefits=(
        Benefit(
            name="premium_subsidy",
            label="保费补贴",
            payer=Party.PROVINCE,
            receiver=Party.FIRM,
            formula="保险费 × 补贴比例（首年或以后年度），不超过每户每年上限的余额",
            amount=_subsidy,
            facts=("premium", "insurance_year", "premium_subsidy_before"),
            parameters=("first_rate", "later_rate", "yearly_cap"),
        ),
    ),
)
