"""What does a voucher order pay by itself, from what systems recorded?"""

import operator
from decimal import Decimal

from risk.policies.rule import Benefit, Condition, Party, Reading, Rulebook, Stage


def _payment(reading: Reading) -> Decimal:
    left = max(Decimal(0), reading.numbers["yearly_cap"] - reading.fact("paid_this_year"))
    return min(reading.fact("order_amount") * reading.numbers["share"], left)


RULEBOOK = Rulebook(
    about_loan=False,
    rules=(
        Condition(
            name="service_is_completed",
            label="系统记录服务已完成",
            fact="order_completed",
            parameter="requires_completion",
            holds=operator.ge,
            stage=Stage.SUBSIDY,
        ),
        Condition(
            name="provider_is_registered",
            label="服务机构已在省仪器共享网登记",
            fact="provider_registered",
            parameter="requires_registration",
            holds=operator.ge,
            stage=Stage.SUBSIDY,
        ),
        Condition(
            name="provider_performs",
            label="服务机构绩效评价达到最低分",
            fact="provider_mark",
            parameter="mark_min",
            holds=operator.ge,
            stage=Stage.SUBSIDY,
        ),
        Condition(
            name="cap_is_not_used_up",
            label="本年度兑付未达上限",
            fact="paid_this_year",
            parameter="yearly_cap",
            holds=operator.lt,
            stage=Stage.SUBSIDY,
        ),
    ),
    benefits=(
        Benefit(
            name="voucher_payment",
            label="创新券兑付",
            payer=Party.PROVINCE,
            receiver=Party.FIRM,
            formula="服务金额 × 兑付比例，不超过每户每年上限的余额",
            amount=_payment,
            facts=("order_amount", "paid_this_year"),
            parameters=("share", "yearly_cap"),
        ),
    ),
)
