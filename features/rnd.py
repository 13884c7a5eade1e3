"""What can be said of an enterprise's research and development?"""

from data.spec.table import Group, Unit
from data.spec.tables.rnd import rnd_year
from features.arithmetic import growth, ratio
from features.operations import Operations
from features.rnd_years import over_cost, over_revenue, statistics_over_accounting, tax_over_accounting
from features.spec import Aggregate, Card, Derived, Direction, FeatureGroup, Reduce
from features.windows import Window

TWO_YEARS = Window(2, "years")
THREE_YEARS = Window(3, "years")
FIVE_YEARS = Window(5, "years")

BLOCK = "只作其他指标的分子或分母"
SAME_YEAR = "只用来让两个数字取自同一年度"


class Rnd(FeatureGroup):
    """研发投入：强度、趋势、稳定性与口径差异。"""

    prefix = "rnd"
    group = Group.RND
    cards = (Card.APPLICATION, Card.BEHAVIOUR)
    reads = (Operations,)

    expense_latest_2y = Aggregate(
        label="最近年度研发费用（会计口径）",
        label_en="R&D expense of the latest year, accounting basis",
        unit=Unit.YUAN,
        reason="投入多说明创新意愿也说明花钱快，不作断言",
        table=rnd_year,
        where={"basis": "accounting"},
        reduce=Reduce.LATEST,
        column="rnd_expense",
        window=TWO_YEARS,
    )
    expense_previous_3y = Aggregate(
        label="上一年度研发费用（会计口径）",
        label_en="R&D expense of the year before the latest, accounting basis",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=rnd_year,
        where={"basis": "accounting"},
        reduce=Reduce.PREVIOUS,
        column="rnd_expense",
        window=THREE_YEARS,
        cards=(),
        needs_history=TWO_YEARS,
    )
    expense_growth_3y = Derived(
        label="研发费用增长率",
        label_en="growth of R&D expense between the two latest years",
        unit=Unit.RATIO,
        reason="骤降常是资金紧张的信号，骤增则未必，不作单向断言",
        needs_history=TWO_YEARS,
        formula=lambda rnd_expense_latest_2y, rnd_expense_previous_3y: growth(
            rnd_expense_latest_2y, rnd_expense_previous_3y
        ),
    )
    expense_previous_2y = Aggregate(
        label="两年之内上一年度研发费用（会计口径）",
        label_en="R&D expense of the year before the latest, within 2 years, accounting basis",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=rnd_year,
        where={"basis": "accounting"},
        reduce=Reduce.PREVIOUS,
        column="rnd_expense",
        window=TWO_YEARS,
        cards=(),
    )
    expense_days_latest_2y = Aggregate(
        label="最近年度研发费用（会计口径）的年度距今天数",
        label_en="days since the latest year of R&D expense ended, accounting basis",
        unit=Unit.DAY,
        reason=SAME_YEAR,
        table=rnd_year,
        where={"basis": "accounting"},
        reduce=Reduce.DAYS_SINCE_LATEST,
        window=TWO_YEARS,
        cards=(),
    )
    intensity_2y = Derived(
        label="研发投入强度（研发费用占同年营业收入）",
        label_en="R&D expense over revenue of the same year",
        unit=Unit.RATIO,
        reason="强度高说明创新，也说明现金消耗大，不作断言",
        formula=over_revenue,
    )
    cost_share_ratio_2y = Derived(
        label="研发费用占同年成本费用总额比重",
        label_en="R&D expense over total cost of the same year",
        unit=Unit.RATIO,
        reason="科技型中小企业评价的备选指标，与偿债的关系不作断言",
        formula=over_cost,
    )
    expense_mean_5y = Aggregate(
        label="近五年平均研发费用（会计口径）",
        label_en="mean R&D expense in 5 years",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=rnd_year,
        where={"basis": "accounting"},
        reduce=Reduce.MEAN,
        column="rnd_expense",
        window=FIVE_YEARS,
        cards=(),
    )
    expense_std_5y = Aggregate(
        label="近五年研发费用标准差（会计口径）",
        label_en="standard deviation of R&D expense in 5 years",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=rnd_year,
        where={"basis": "accounting"},
        reduce=Reduce.STD,
        column="rnd_expense",
        window=FIVE_YEARS,
        cards=(),
        needs_history=TWO_YEARS,
    )
    expense_slope_5y = Aggregate(
        label="近五年研发费用年均变化（会计口径）",
        label_en="yearly change of R&D expense in 5 years",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=rnd_year,
        where={"basis": "accounting"},
        reduce=Reduce.SLOPE,
        column="rnd_expense",
        window=FIVE_YEARS,
        cards=(),
        needs_history=TWO_YEARS,
    )
    variation_ratio_5y = Derived(
        label="研发投入波动（近五年标准差与均值之比）",
        label_en="variation of R&D expense in 5 years",
        unit=Unit.RATIO,
        reason="稳定说明有规划，成长期企业波动大也属正常，不作断言",
        needs_history=TWO_YEARS,
        formula=lambda rnd_expense_std_5y, rnd_expense_mean_5y: ratio(rnd_expense_std_5y, rnd_expense_mean_5y),
    )
    trend_ratio_5y = Derived(
        label="研发投入趋势（近五年年均变化与均值之比）",
        label_en="yearly change of R&D expense over its mean in 5 years",
        unit=Unit.RATIO,
        reason="持续收缩可能说明资金紧张，扩张未必安全，不作单向断言",
        needs_history=TWO_YEARS,
        formula=lambda rnd_expense_slope_5y, rnd_expense_mean_5y: ratio(rnd_expense_slope_5y, rnd_expense_mean_5y),
    )
    years_reported_5y = Aggregate(
        label="近五年有研发费用记录的年数",
        label_en="years with R&D expense on record in 5 years",
        unit=Unit.YEAR,
        reason="部分企业并无报送义务，不作断言",
        table=rnd_year,
        where={"basis": "accounting"},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    tax_expense_latest_2y = Aggregate(
        label="最近年度研发费用（加计扣除口径）",
        label_en="R&D expense of the latest year, tax basis",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=rnd_year,
        where={"basis": "tax"},
        reduce=Reduce.LATEST,
        column="rnd_expense",
        window=TWO_YEARS,
        cards=(),
    )
    tax_expense_previous_2y = Aggregate(
        label="两年之内上一年度研发费用（加计扣除口径）",
        label_en="R&D expense of the year before the latest, within 2 years, tax basis",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=rnd_year,
        where={"basis": "tax"},
        reduce=Reduce.PREVIOUS,
        column="rnd_expense",
        window=TWO_YEARS,
        cards=(),
    )
    tax_expense_days_latest_2y = Aggregate(
        label="最近年度研发费用（加计扣除口径）的年度距今天数",
        label_en="days since the latest year of R&D expense ended, tax basis",
        unit=Unit.DAY,
        reason=SAME_YEAR,
        table=rnd_year,
        where={"basis": "tax"},
        reduce=Reduce.DAYS_SINCE_LATEST,
        window=TWO_YEARS,
        cards=(),
    )
    tax_basis_ratio_2y = Derived(
        label="同年加计扣除口径与会计口径研发费用之比",
        label_en="R&D expense of the same year, tax basis over accounting basis",
        unit=Unit.RATIO,
        reason="口径差异需要核实，方向不作断言",
        formula=tax_over_accounting,
    )
    staff_latest_2y = Aggregate(
        label="最近年度研发人员数",
        label_en="R&D staff of the latest year",
        unit=Unit.PERSON,
        reason="规模本身不说明好坏",
        table=rnd_year,
        where={"basis": "accounting"},
        reduce=Reduce.LATEST,
        column="rnd_staff",
        window=TWO_YEARS,
    )
    all_staff_latest_2y = Aggregate(
        label="最近年度从业人员数",
        label_en="all staff of the latest year",
        unit=Unit.PERSON,
        reason=BLOCK,
        table=rnd_year,
        where={"basis": "accounting"},
        reduce=Reduce.LATEST,
        column="staff",
        window=TWO_YEARS,
        cards=(),
    )
    all_staff_previous_3y = Aggregate(
        label="上一年度从业人员数",
        label_en="all staff of the year before the latest",
        unit=Unit.PERSON,
        reason=BLOCK,
        table=rnd_year,
        where={"basis": "accounting"},
        reduce=Reduce.PREVIOUS,
        column="staff",
        window=THREE_YEARS,
        cards=(),
        needs_history=TWO_YEARS,
    )
    staff_share_ratio_2y = Derived(
        label="研发人员占从业人员比重",
        label_en="R&D staff over all staff",
        unit=Unit.RATIO,
        reason="说明企业类型，与偿债的关系不作断言",
        formula=lambda rnd_staff_latest_2y, rnd_all_staff_latest_2y: ratio(
            rnd_staff_latest_2y, rnd_all_staff_latest_2y
        ),
    )
    all_staff_growth_3y = Derived(
        label="从业人员增长率",
        label_en="growth of staff between the two latest years",
        unit=Unit.RATIO,
        direction=Direction.RISK_FALLS,
        reason="大幅减员常先于违约",
        needs_history=TWO_YEARS,
        formula=lambda rnd_all_staff_latest_2y, rnd_all_staff_previous_3y: growth(
            rnd_all_staff_latest_2y, rnd_all_staff_previous_3y
        ),
    )
    statistics_expense_latest_2y = Aggregate(
        label="最近年度研发费用（统计口径）",
        label_en="R&D expense of the latest year, statistics basis",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=rnd_year,
        where={"basis": "statistics"},
        reduce=Reduce.LATEST,
        column="rnd_expense",
        window=TWO_YEARS,
        cards=(),
    )
    statistics_expense_previous_2y = Aggregate(
        label="两年之内上一年度研发费用（统计口径）",
        label_en="R&D expense of the year before the latest, within 2 years, statistics basis",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=rnd_year,
        where={"basis": "statistics"},
        reduce=Reduce.PREVIOUS,
        column="rnd_expense",
        window=TWO_YEARS,
        cards=(),
    )
    statistics_expense_days_latest_2y = Aggregate(
        label="最近年度研发费用（统计口径）的年度距今天数",
        label_en="days since the latest year of R&D expense ended, statistics basis",
        unit=Unit.DAY,
        reason=SAME_YEAR,
        table=rnd_year,
        where={"basis": "statistics"},
        reduce=Reduce.DAYS_SINCE_LATEST,
        window=TWO_YEARS,
        cards=(),
    )
    statistics_basis_ratio_2y = Derived(
        label="同年统计口径与会计口径研发费用之比",
        label_en="R&D expense of the same year, statistics basis over accounting basis",
        unit=Unit.RATIO,
        reason="口径差异需要核实，方向不作断言",
        formula=statistics_over_accounting,
    )
    staff_previous_3y = Aggregate(
        label="上一年度研发人员数",
        label_en="R&D staff of the year before the latest",
        unit=Unit.PERSON,
        reason=BLOCK,
        table=rnd_year,
        where={"basis": "accounting"},
        reduce=Reduce.PREVIOUS,
        column="rnd_staff",
        window=THREE_YEARS,
        cards=(),
        needs_history=TWO_YEARS,
    )
    staff_growth_3y = Derived(
        label="研发人员增长率",
        label_en="growth of R&D staff between the two latest years",
        unit=Unit.RATIO,
        reason="研发人员流失值得留意，但结构调整也会如此，不作断言",
        needs_history=TWO_YEARS,
        formula=lambda rnd_staff_latest_2y, rnd_staff_previous_3y: growth(rnd_staff_latest_2y, rnd_staff_previous_3y),
    )
    staff_mean_5y = Aggregate(
        label="近五年平均研发人员数",
        label_en="mean R&D staff in 5 years",
        unit=Unit.PERSON,
        reason=BLOCK,
        table=rnd_year,
        where={"basis": "accounting"},
        reduce=Reduce.MEAN,
        column="rnd_staff",
        window=FIVE_YEARS,
        cards=(),
    )
    staff_slope_5y = Aggregate(
        label="近五年研发人员年均变化",
        label_en="yearly change of R&D staff in 5 years",
        unit=Unit.PERSON,
        reason=BLOCK,
        table=rnd_year,
        where={"basis": "accounting"},
        reduce=Reduce.SLOPE,
        column="rnd_staff",
        window=FIVE_YEARS,
        cards=(),
        needs_history=TWO_YEARS,
    )
    staff_trend_ratio_5y = Derived(
        label="研发人员趋势（近五年年均变化与均值之比）",
        label_en="yearly change of R&D staff over its mean in 5 years",
        unit=Unit.RATIO,
        reason="团队收缩可能说明资金紧张，扩张未必安全，不作单向断言",
        needs_history=TWO_YEARS,
        formula=lambda rnd_staff_slope_5y, rnd_staff_mean_5y: ratio(rnd_staff_slope_5y, rnd_staff_mean_5y),
    )
    expense_per_head_2y = Derived(
        label="人均研发费用（按研发人员）",
        label_en="R&D expense per R&D staff",
        unit=Unit.YUAN,
        reason="因行业而异，不作断言",
        formula=lambda rnd_expense_latest_2y, rnd_staff_latest_2y: ratio(rnd_expense_latest_2y, rnd_staff_latest_2y),
    )
    expense_mean_3y = Aggregate(
        label="近三年平均研发费用（会计口径）",
        label_en="mean R&D expense of 3 years",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=rnd_year,
        where={"basis": "accounting"},
        reduce=Reduce.MEAN,
        column="rnd_expense",
        window=THREE_YEARS,
        cards=(),
    )
    intensity_3y = Derived(
        label="近三年研发投入强度（年均研发费用占年均营业收入）",
        label_en="mean R&D expense over mean revenue in 3 years",
        unit=Unit.RATIO,
        reason="强度高说明创新，也说明现金消耗大，不作断言",
        formula=lambda rnd_expense_mean_3y, operations_revenue_mean_3y: ratio(
            rnd_expense_mean_3y, operations_revenue_mean_3y
        ),
    )
    intensity_change_ratio_3y = Derived(
        label="最近年度研发投入强度与近三年之比",
        label_en="R&D intensity of the latest year over that of 3 years",
        unit=Unit.RATIO,
        reason="骤降或骤升都需要了解原因，不作单向断言",
        needs_history=TWO_YEARS,
        formula=lambda rnd_intensity_2y, rnd_intensity_3y: ratio(rnd_intensity_2y, rnd_intensity_3y),
    )
