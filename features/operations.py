"""What can be said of how an enterprise earns, grows, finances and insures itself?"""

from data.spec.table import Group, Unit
from data.spec.tables.operations import annual_report, equity_round, insurance_policy, tax_payment
from features.arithmetic import growth, ratio
from features.profile import Profile
from features.spec import Aggregate, Below, Card, Derived, Direction, FeatureGroup, Filled, Reduce
from features.windows import Window

TWO_YEARS = Window(2, "years")
THREE_YEARS = Window(3, "years")
YEAR = Window(12, "months")

SIZE = "规模本身不说明好坏，只作其他指标的分母"


class Operations(FeatureGroup):
    """经营与融资：财务年报、纳税、股权融资与科技保险。"""

    prefix = "operations"
    group = Group.OPERATIONS
    cards = (Card.APPLICATION, Card.BEHAVIOUR)
    reads = (Profile,)

    revenue_latest_2y = Aggregate(
        label="最近一份年报的营业收入",
        label_en="revenue in the latest annual report",
        unit=Unit.YUAN,
        reason="规模与风险的关系随行业和阶段而变，不作断言",
        table=annual_report,
        reduce=Reduce.LATEST,
        column="revenue",
        window=TWO_YEARS,
    )
    revenue_previous_3y = Aggregate(
        label="上一份年报的营业收入",
        label_en="revenue in the annual report before the latest",
        unit=Unit.YUAN,
        reason=SIZE,
        table=annual_report,
        reduce=Reduce.PREVIOUS,
        column="revenue",
        window=THREE_YEARS,
        cards=(),
        needs_history=TWO_YEARS,
    )
    revenue_growth_3y = Derived(
        label="营业收入增长率（最近两份年报）",
        label_en="revenue growth between the two latest annual reports",
        unit=Unit.RATIO,
        reason="下滑有风险，扩张过快也有风险，不作单向断言",
        needs_history=TWO_YEARS,
        formula=lambda operations_revenue_latest_2y, operations_revenue_previous_3y: growth(
            operations_revenue_latest_2y, operations_revenue_previous_3y
        ),
    )
    profit_latest_2y = Aggregate(
        label="最近一份年报的净利润",
        label_en="net profit in the latest annual report",
        unit=Unit.YUAN,
        reason=SIZE,
        table=annual_report,
        reduce=Reduce.LATEST,
        column="profit",
        window=TWO_YEARS,
        cards=(),
    )
    assets_latest_2y = Aggregate(
        label="最近一份年报的资产总额",
        label_en="total assets in the latest annual report",
        unit=Unit.YUAN,
        reason=SIZE,
        table=annual_report,
        reduce=Reduce.LATEST,
        column="assets",
        window=TWO_YEARS,
        cards=(),
    )
    liabilities_latest_2y = Aggregate(
        label="最近一份年报的负债总额",
        label_en="total liabilities in the latest annual report",
        unit=Unit.YUAN,
        reason=SIZE,
        table=annual_report,
        reduce=Reduce.LATEST,
        column="liabilities",
        window=TWO_YEARS,
        cards=(),
    )
    receivables_latest_2y = Aggregate(
        label="最近一份年报的应收账款",
        label_en="receivables in the latest annual report",
        unit=Unit.YUAN,
        reason=SIZE,
        table=annual_report,
        reduce=Reduce.LATEST,
        column="receivables",
        window=TWO_YEARS,
        cards=(),
    )
    total_cost_latest_2y = Aggregate(
        label="最近一份年报的成本费用总额",
        label_en="total cost in the latest annual report",
        unit=Unit.YUAN,
        reason=SIZE,
        table=annual_report,
        reduce=Reduce.LATEST,
        column="total_cost",
        window=TWO_YEARS,
        cards=(),
    )
    total_cost_previous_2y = Aggregate(
        label="两年之内上一份年报的成本费用总额",
        label_en="total cost in the annual report before the latest, within 2 years",
        unit=Unit.YUAN,
        reason=SIZE,
        table=annual_report,
        reduce=Reduce.PREVIOUS,
        column="total_cost",
        window=TWO_YEARS,
        cards=(),
    )
    revenue_previous_2y = Aggregate(
        label="两年之内上一份年报的营业收入",
        label_en="revenue in the annual report before the latest, within 2 years",
        unit=Unit.YUAN,
        reason=SIZE,
        table=annual_report,
        reduce=Reduce.PREVIOUS,
        column="revenue",
        window=TWO_YEARS,
        cards=(),
    )
    report_days_latest_2y = Aggregate(
        label="最近一份年报的年度距今天数",
        label_en="days since the year of the latest annual report ended",
        unit=Unit.DAY,
        reason="只用来让研发费用与同一年度的年报相比",
        table=annual_report,
        reduce=Reduce.DAYS_SINCE_LATEST,
        window=TWO_YEARS,
        cards=(),
    )
    high_tech_income_latest_2y = Aggregate(
        label="最近一份年报的高新技术产品收入",
        label_en="high-tech product income in the latest annual report",
        unit=Unit.YUAN,
        reason=SIZE,
        table=annual_report,
        reduce=Reduce.LATEST,
        column="high_tech_income",
        window=TWO_YEARS,
        cards=(),
    )
    leverage_ratio_2y = Derived(
        label="资产负债率",
        label_en="liabilities over assets",
        unit=Unit.RATIO,
        direction=Direction.RISK_RISES,
        reason="负债越重，偿债余地越小",
        formula=lambda operations_liabilities_latest_2y, operations_assets_latest_2y: ratio(
            operations_liabilities_latest_2y, operations_assets_latest_2y
        ),
    )
    profit_margin_ratio_2y = Derived(
        label="净利润率",
        label_en="net profit over revenue",
        unit=Unit.RATIO,
        direction=Direction.RISK_FALLS,
        reason="盈利是还款的第一来源",
        formula=lambda operations_profit_latest_2y, operations_revenue_latest_2y: ratio(
            operations_profit_latest_2y, operations_revenue_latest_2y
        ),
    )
    return_on_assets_ratio_2y = Derived(
        label="总资产净利率",
        label_en="net profit over assets",
        unit=Unit.RATIO,
        direction=Direction.RISK_FALLS,
        reason="同样的资产挣得越多，偿债能力越强",
        formula=lambda operations_profit_latest_2y, operations_assets_latest_2y: ratio(
            operations_profit_latest_2y, operations_assets_latest_2y
        ),
    )
    asset_turnover_ratio_2y = Derived(
        label="总资产周转率",
        label_en="revenue over assets",
        unit=Unit.RATIO,
        reason="因行业而异，不作断言",
        formula=lambda operations_revenue_latest_2y, operations_assets_latest_2y: ratio(
            operations_revenue_latest_2y, operations_assets_latest_2y
        ),
    )
    receivables_ratio_2y = Derived(
        label="应收账款占营业收入比重",
        label_en="receivables over revenue",
        unit=Unit.RATIO,
        direction=Direction.RISK_RISES,
        reason="货款收不回来，账面收入不能还贷",
        formula=lambda operations_receivables_latest_2y, operations_revenue_latest_2y: ratio(
            operations_receivables_latest_2y, operations_revenue_latest_2y
        ),
    )
    high_tech_income_ratio_2y = Derived(
        label="高新技术产品收入占比",
        label_en="high-tech product income over revenue",
        unit=Unit.RATIO,
        reason="说明业务构成，与偿债的关系不作断言",
        formula=lambda operations_high_tech_income_latest_2y, operations_revenue_latest_2y: ratio(
            operations_high_tech_income_latest_2y, operations_revenue_latest_2y
        ),
    )
    revenue_per_head_2y = Derived(
        label="人均营业收入",
        label_en="revenue per head",
        unit=Unit.YUAN,
        reason="因行业而异，宜与同行相比，不作断言",
        formula=lambda operations_revenue_latest_2y, profile_staff_latest: ratio(
            operations_revenue_latest_2y, profile_staff_latest
        ),
    )
    losses_3y = Aggregate(
        label="近三年亏损年报数",
        label_en="annual reports with a loss in 3 years",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="连续亏损侵蚀偿债能力",
        table=annual_report,
        reduce=Reduce.COUNT,
        where={"profit": Below(0)},
        window=THREE_YEARS,
        empty=0,
    )
    reports_3y = Aggregate(
        label="近三年报送年报数",
        label_en="annual reports filed in 3 years",
        unit=Unit.ITEM,
        reason="部分企业并无报送义务，不作断言",
        table=annual_report,
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    report_lag_latest_2y = Aggregate(
        label="最近一份年报的报送用时",
        label_en="days from year end to the filing of the latest annual report",
        unit=Unit.DAY,
        reason="报送早晚受主管部门安排影响，不作断言",
        table=annual_report,
        reduce=Reduce.LATEST,
        column="filed_on",
        window=TWO_YEARS,
    )
    equity_rounds_3y = Aggregate(
        label="近三年股权融资次数",
        label_en="equity rounds in 3 years",
        unit=Unit.ITEM,
        reason="融资说明前景也说明用钱快，不作断言",
        table=equity_round,
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    market_equity_3y = Aggregate(
        label="近三年市场化股权融资额",
        label_en="equity raised from market investors in 3 years",
        unit=Unit.YUAN,
        reason="融资说明前景也说明用钱快，不作断言",
        table=equity_round,
        where={"investor_kind": "market"},
        reduce=Reduce.SUM,
        column="amount",
        window=THREE_YEARS,
        empty=0,
    )
    insurance_policies_held = Aggregate(
        label="有效科技保险保单数",
        label_en="science insurance policies in force",
        unit=Unit.ITEM,
        reason="投保受补贴政策影响，不作断言",
        table=insurance_policy,
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    insurance_claims_3y = Aggregate(
        label="近三年起保且已理赔的保单数",
        label_en="policies begun in 3 years that had a claim",
        unit=Unit.ITEM,
        reason="理赔既说明出险也说明损失得到补偿，不作断言",
        table=insurance_policy,
        where={"claimed_on": Filled()},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    tax_paid_12m = Aggregate(
        label="近12个月实缴税额",
        label_en="tax paid in 12 months",
        unit=Unit.YUAN,
        reason="税额随优惠政策而变，不作断言",
        table=tax_payment,
        reduce=Reduce.SUM,
        column="tax_paid",
        window=YEAR,
    )
    taxable_sales_12m = Aggregate(
        label="近12个月申报销售额",
        label_en="sales declared for tax in 12 months",
        unit=Unit.YUAN,
        reason=SIZE,
        table=tax_payment,
        reduce=Reduce.SUM,
        column="taxable_sales",
        window=YEAR,
        cards=(),
    )
    taxable_sales_24m = Aggregate(
        label="近24个月申报销售额",
        label_en="sales declared for tax in 24 months",
        unit=Unit.YUAN,
        reason=SIZE,
        table=tax_payment,
        reduce=Reduce.SUM,
        column="taxable_sales",
        window=Window(24, "months"),
        cards=(),
        needs_history=TWO_YEARS,
    )
    taxable_sales_growth_12m = Derived(
        label="申报销售额增长率（近12个月比此前12个月）",
        label_en="growth of declared sales, last 12 months on the 12 before",
        unit=Unit.RATIO,
        direction=Direction.RISK_FALLS,
        reason="申报销售下滑是经营恶化的早期信号",
        needs_history=TWO_YEARS,
        formula=lambda operations_taxable_sales_12m, operations_taxable_sales_24m: growth(
            operations_taxable_sales_12m, operations_taxable_sales_24m - operations_taxable_sales_12m
        ),
    )
    tax_burden_ratio_12m = Derived(
        label="税负率",
        label_en="tax paid over declared sales in 12 months",
        unit=Unit.RATIO,
        reason="因行业和优惠政策而异，不作断言",
        formula=lambda operations_tax_paid_12m, operations_taxable_sales_12m: ratio(
            operations_tax_paid_12m, operations_taxable_sales_12m
        ),
    )
    revenue_mean_3y = Aggregate(
        label="近三年年报的平均营业收入",
        label_en="mean revenue in the annual reports of 3 years",
        unit=Unit.YUAN,
        reason=SIZE,
        table=annual_report,
        reduce=Reduce.MEAN,
        column="revenue",
        window=THREE_YEARS,
        cards=(),
    )
    government_equity_3y = Aggregate(
        label="近三年政府基金投资额",
        label_en="equity raised from government funds in 3 years",
        unit=Unit.YUAN,
        reason="政府基金投资说明前景，也受政策导向，不作断言",
        table=equity_round,
        where={"investor_kind": "government_fund"},
        reduce=Reduce.SUM,
        column="amount",
        window=THREE_YEARS,
        empty=0,
    )
    claim_amount_3y = Aggregate(
        label="近三年起保保单的理赔金额",
        label_en="insurance claims of policies begun in 3 years",
        unit=Unit.YUAN,
        reason="理赔既说明出险也说明损失得到补偿，不作断言",
        table=insurance_policy,
        reduce=Reduce.SUM,
        column="claim_amount",
        window=THREE_YEARS,
        empty=0,
    )
    insured_amount_held = Aggregate(
        label="有效科技保险的保险金额",
        label_en="insured amount in force",
        unit=Unit.YUAN,
        reason="投保受补贴政策影响，不作断言",
        table=insurance_policy,
        reduce=Reduce.SUM,
        column="insured_amount",
        in_force=True,
        empty=0,
    )
