"""What can be said of how an enterprise's books change from year to year, and how it pays its taxes?"""

from data.spec.table import Group, Unit
from data.spec.tables.operations import annual_report, equity_round, tax_payment
from features.arithmetic import growth, ratio
from features.operations import Operations
from features.spec import Aggregate, Card, Derived, Direction, FeatureGroup, Reduce
from features.windows import Window

YEAR = Window(12, "months")
TWO_YEARS = Window(2, "years")
THREE_YEARS = Window(3, "years")
FIVE_YEARS = Window(5, "years")

BLOCK = "只作其他指标的分子或分母"


class Growth(FeatureGroup):
    """经营变化：收入、资产与负债的增减、波动与趋势，纳税的连续性。"""

    prefix = "growth"
    group = Group.OPERATIONS
    cards = (Card.APPLICATION, Card.BEHAVIOUR)
    reads = (Operations,)
    revenue_mean_5y = Aggregate(
        label="近五年平均营业收入",
        label_en="mean revenue in 5 years",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=annual_report,
        reduce=Reduce.MEAN,
        column="revenue",
        window=FIVE_YEARS,
        cards=(),
    )
    revenue_std_5y = Aggregate(
        label="近五年营业收入标准差",
        label_en="standard deviation of revenue in 5 years",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=annual_report,
        reduce=Reduce.STD,
        column="revenue",
        window=FIVE_YEARS,
        cards=(),
        needs_history=TWO_YEARS,
    )
    revenue_slope_5y = Aggregate(
        label="近五年营业收入年均变化",
        label_en="yearly change of revenue in 5 years",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=annual_report,
        reduce=Reduce.SLOPE,
        column="revenue",
        window=FIVE_YEARS,
        cards=(),
        needs_history=TWO_YEARS,
    )
    revenue_variation_ratio_5y = Derived(
        label="营业收入波动（近五年标准差与均值之比）",
        label_en="variation of revenue in 5 years",
        unit=Unit.RATIO,
        reason="起伏大的收入难以支撑固定的还款，但成长期本来如此，不作断言",
        needs_history=TWO_YEARS,
        formula=lambda growth_revenue_std_5y, growth_revenue_mean_5y: ratio(
            growth_revenue_std_5y, growth_revenue_mean_5y
        ),
    )
    revenue_trend_ratio_5y = Derived(
        label="营业收入趋势（近五年年均变化与均值之比）",
        label_en="yearly change of revenue over its mean in 5 years",
        unit=Unit.RATIO,
        reason="持续下滑有风险，扩张过快也有风险，不作单向断言",
        needs_history=TWO_YEARS,
        formula=lambda growth_revenue_slope_5y, growth_revenue_mean_5y: ratio(
            growth_revenue_slope_5y, growth_revenue_mean_5y
        ),
    )
    assets_previous_3y = Aggregate(
        label="上一份年报的资产总额",
        label_en="total assets in the annual report before the latest",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=annual_report,
        reduce=Reduce.PREVIOUS,
        column="assets",
        window=THREE_YEARS,
        cards=(),
        needs_history=TWO_YEARS,
    )
    liabilities_previous_3y = Aggregate(
        label="上一份年报的负债总额",
        label_en="total liabilities in the annual report before the latest",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=annual_report,
        reduce=Reduce.PREVIOUS,
        column="liabilities",
        window=THREE_YEARS,
        cards=(),
        needs_history=TWO_YEARS,
    )
    receivables_previous_3y = Aggregate(
        label="上一份年报的应收账款",
        label_en="receivables in the annual report before the latest",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=annual_report,
        reduce=Reduce.PREVIOUS,
        column="receivables",
        window=THREE_YEARS,
        cards=(),
        needs_history=TWO_YEARS,
    )
    assets_growth_3y = Derived(
        label="资产总额增长率",
        label_en="growth of assets between the two latest annual reports",
        unit=Unit.RATIO,
        reason="扩张可能来自盈利，也可能来自举债，不作断言",
        needs_history=TWO_YEARS,
        formula=lambda operations_assets_latest_2y, growth_assets_previous_3y: growth(
            operations_assets_latest_2y, growth_assets_previous_3y
        ),
    )
    liabilities_growth_3y = Derived(
        label="负债总额增长率",
        label_en="growth of liabilities between the two latest annual reports",
        unit=Unit.RATIO,
        reason="举债可能用于扩产，也可能用于补窟窿，须与资产相比，不作断言",
        needs_history=TWO_YEARS,
        formula=lambda operations_liabilities_latest_2y, growth_liabilities_previous_3y: growth(
            operations_liabilities_latest_2y, growth_liabilities_previous_3y
        ),
    )
    receivables_growth_3y = Derived(
        label="应收账款增长率",
        label_en="growth of receivables between the two latest annual reports",
        unit=Unit.RATIO,
        reason="与收入同步增长属正常，须与收入相比，不作断言",
        needs_history=TWO_YEARS,
        formula=lambda operations_receivables_latest_2y, growth_receivables_previous_3y: growth(
            operations_receivables_latest_2y, growth_receivables_previous_3y
        ),
    )
    leverage_previous_ratio_3y = Derived(
        label="上一年度资产负债率",
        label_en="liabilities over assets, the year before the latest",
        unit=Unit.RATIO,
        reason=BLOCK,
        cards=(),
        needs_history=TWO_YEARS,
        formula=lambda growth_liabilities_previous_3y, growth_assets_previous_3y: ratio(
            growth_liabilities_previous_3y, growth_assets_previous_3y
        ),
    )
    leverage_rise_ratio_3y = Derived(
        label="资产负债率比上一年度上升",
        label_en="rise of leverage between the two latest annual reports",
        unit=Unit.RATIO,
        direction=Direction.RISK_RISES,
        reason="负债率上升说明偿债余地在缩小",
        needs_history=TWO_YEARS,
        formula=lambda operations_leverage_ratio_2y, growth_leverage_previous_ratio_3y: (
            operations_leverage_ratio_2y - growth_leverage_previous_ratio_3y
        ),
    )
    profit_mean_3y = Aggregate(
        label="近三年平均净利润",
        label_en="mean net profit in 3 years",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=annual_report,
        reduce=Reduce.MEAN,
        column="profit",
        window=THREE_YEARS,
        cards=(),
    )
    worst_profit_3y = Aggregate(
        label="近三年最低净利润",
        label_en="lowest net profit in 3 years",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=annual_report,
        reduce=Reduce.MIN,
        column="profit",
        window=THREE_YEARS,
        cards=(),
    )
    mean_margin_ratio_3y = Derived(
        label="近三年平均净利润与最近年度营业收入之比",
        label_en="mean net profit of 3 years over the latest revenue",
        unit=Unit.RATIO,
        direction=Direction.RISK_FALLS,
        reason="多年平均的盈利比一年的盈利更能支撑还款",
        formula=lambda growth_profit_mean_3y, operations_revenue_latest_2y: ratio(
            growth_profit_mean_3y, operations_revenue_latest_2y
        ),
    )
    worst_margin_ratio_3y = Derived(
        label="近三年最低净利润与最近年度营业收入之比",
        label_en="lowest net profit of 3 years over the latest revenue",
        unit=Unit.RATIO,
        direction=Direction.RISK_FALLS,
        reason="亏得越深，积累消耗得越多",
        formula=lambda growth_worst_profit_3y, operations_revenue_latest_2y: ratio(
            growth_worst_profit_3y, operations_revenue_latest_2y
        ),
    )
    tax_months_12m = Aggregate(
        label="近12个月有纳税申报的月数",
        label_en="months with a tax return in 12 months",
        unit=Unit.MONTH,
        reason="按季申报的小规模企业月数本来就少，不作断言",
        table=tax_payment,
        reduce=Reduce.MONTHS,
        window=YEAR,
    )
    sales_std_24m = Aggregate(
        label="近24个月各期申报销售额标准差",
        label_en="standard deviation of declared sales by period in 24 months",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=tax_payment,
        reduce=Reduce.STD,
        column="taxable_sales",
        window=Window(24, "months"),
        cards=(),
    )
    sales_mean_24m = Aggregate(
        label="近24个月各期平均申报销售额",
        label_en="mean declared sales by period in 24 months",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=tax_payment,
        reduce=Reduce.MEAN,
        column="taxable_sales",
        window=Window(24, "months"),
        cards=(),
    )
    sales_variation_ratio_24m = Derived(
        label="申报销售额波动（近24个月标准差与均值之比）",
        label_en="variation of declared sales in 24 months",
        unit=Unit.RATIO,
        reason="淡旺季因行业而异，不作断言",
        formula=lambda growth_sales_std_24m, growth_sales_mean_24m: ratio(growth_sales_std_24m, growth_sales_mean_24m),
    )
    latest_round_days = Aggregate(
        label="最近一次股权融资距今天数",
        label_en="days since the latest equity round",
        unit=Unit.DAY,
        reason="融资间隔因阶段而异，不作断言",
        table=equity_round,
        reduce=Reduce.DAYS_SINCE_LATEST,
    )
