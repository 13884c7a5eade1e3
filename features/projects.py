"""What can be said of an enterprise's research projects, results and consortia?"""

from data.spec.table import Group, Unit
from data.spec.tables.projects import achievement, consortium_membership, project
from features.arithmetic import ratio
from features.spec import After, Aggregate, Card, Derived, Direction, FeatureGroup, Filled, NotAfter, Reduce
from features.windows import Window

THREE_YEARS = Window(3, "years")
FIVE_YEARS = Window(5, "years")

LEVEL = {"city": 1, "provincial": 2, "national": 3}
LISTED = "说明创新能力，不等于偿债能力，不作断言"
BLOCK = "只作其他指标的分子或分母"

RUNNING = {"withdrawn_on": Filled(False), "accepted_on": Filled(False)}
"""Of a project that was withdrawn or accepted the day of closing may never be told."""


class Projects(FeatureGroup):
    """科技项目与成果：立项、验收、奖励与联合体。"""

    prefix = "project"
    group = Group.PROJECTS
    cards = (Card.APPLICATION, Card.BEHAVIOUR)

    led_held = Aggregate(
        label="在研牵头项目数",
        label_en="projects led and on hand",
        unit=Unit.ITEM,
        reason=LISTED,
        table=project,
        where={"role": "lead", **RUNNING},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    joined_held = Aggregate(
        label="在研参与项目数",
        label_en="projects joined and on hand",
        unit=Unit.ITEM,
        reason=LISTED,
        table=project,
        where={"role": "partner", **RUNNING},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    provincial_started_3y = Aggregate(
        label="近三年立项的省级及以上项目数",
        label_en="provincial or national projects started in 3 years",
        unit=Unit.ITEM,
        reason=LISTED,
        table=project,
        where={"level": ("national", "provincial")},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    grants_3y = Aggregate(
        label="近三年立项项目的财政资助",
        label_en="public grants of projects started in 3 years",
        unit=Unit.YUAN,
        reason="资助改善现金，也使企业依赖资助，不作断言",
        table=project,
        reduce=Reduce.SUM,
        column="grant_amount",
        window=THREE_YEARS,
        empty=0,
    )
    accepted_5y = Aggregate(
        label="近五年立项且已验收项目数",
        label_en="projects started in 5 years and accepted",
        unit=Unit.ITEM,
        reason=LISTED,
        table=project,
        where={"accepted_on": Filled()},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    withdrawn_5y = Aggregate(
        label="近五年立项后被撤销项目数",
        label_en="projects started in 5 years and withdrawn",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="项目被撤销说明履约出了问题",
        table=project,
        where={"withdrawn_on": Filled()},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    universities_mean_5y = Aggregate(
        label="近五年项目平均合作高校院所数",
        label_en="mean partner universities of projects started in 5 years",
        unit=Unit.ITEM,
        reason="说明合作面，与偿债的关系不作断言",
        table=project,
        reduce=Reduce.MEAN,
        column="partner_universities",
        window=FIVE_YEARS,
    )
    results_3y = Aggregate(
        label="近三年科技成果登记数",
        label_en="results registered in 3 years",
        unit=Unit.ITEM,
        reason=LISTED,
        table=achievement,
        where={"kind": "result"},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    awards_5y = Aggregate(
        label="近五年省级及以上科技奖励数",
        label_en="provincial or national awards in 5 years",
        unit=Unit.ITEM,
        reason=LISTED,
        table=achievement,
        where={"kind": "award", "level": ("national", "provincial")},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    first_of_kind_5y = Aggregate(
        label="近五年首台套首批次首版次数",
        label_en="first-of-kind products in 5 years",
        unit=Unit.ITEM,
        reason=LISTED,
        table=achievement,
        where={"kind": "first_of_kind"},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    consortia_held = Aggregate(
        label="所在创新联合体数",
        label_en="innovation consortia the firm is in",
        unit=Unit.ITEM,
        reason=LISTED,
        table=consortium_membership,
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    led_5y = Aggregate(
        label="近五年立项的牵头项目数",
        label_en="projects led and started in 5 years",
        unit=Unit.ITEM,
        reason=LISTED,
        table=project,
        where={"role": "lead"},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    joined_5y = Aggregate(
        label="近五年立项的参与项目数",
        label_en="projects joined and started in 5 years",
        unit=Unit.ITEM,
        reason=LISTED,
        table=project,
        where={"role": "partner"},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    on_time_5y = Aggregate(
        label="近五年立项且按期验收项目数",
        label_en="projects started in 5 years and accepted by the planned day",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=project,
        where={"accepted_on": NotAfter("due_on")},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
        cards=(),
    )
    late_5y = Aggregate(
        label="近五年立项且逾期验收项目数",
        label_en="projects started in 5 years and accepted after the planned day",
        unit=Unit.ITEM,
        reason="说明计划执行不力，但验收排期也受主管部门影响，不作断言",
        table=project,
        where={"accepted_on": After("due_on")},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    on_time_ratio_5y = Derived(
        label="近五年立项项目按期验收率",
        label_en="share of accepted projects that were accepted by the planned day",
        unit=Unit.RATIO,
        direction=Direction.RISK_FALLS,
        reason="按期交付说明履约能力",
        formula=lambda project_on_time_5y, project_late_5y: ratio(
            project_on_time_5y, project_on_time_5y + project_late_5y
        ),
    )
    accepted_days_mean_5y = Aggregate(
        label="近五年立项项目立项至验收平均天数",
        label_en="mean days from start to acceptance of projects started in 5 years",
        unit=Unit.DAY,
        reason=BLOCK,
        table=project,
        where={"accepted_on": Filled(), "due_on": Filled()},
        reduce=Reduce.MEAN,
        column="accepted_on",
        window=FIVE_YEARS,
        cards=(),
    )
    due_days_mean_5y = Aggregate(
        label="近五年立项项目计划平均天数",
        label_en="mean planned days of accepted projects started in 5 years",
        unit=Unit.DAY,
        reason=BLOCK,
        table=project,
        where={"accepted_on": Filled(), "due_on": Filled()},
        reduce=Reduce.MEAN,
        column="due_on",
        window=FIVE_YEARS,
        cards=(),
    )
    delay_days_5y = Derived(
        label="近五年立项项目验收平均迟延天数（提前为负）",
        label_en="mean delay of acceptance against plan, early is negative",
        unit=Unit.DAY,
        direction=Direction.RISK_RISES,
        reason="迟延越久，项目执行越不顺",
        formula=lambda project_accepted_days_mean_5y, project_due_days_mean_5y: (
            project_accepted_days_mean_5y - project_due_days_mean_5y
        ),
    )
    budget_held = Aggregate(
        label="在研项目总预算",
        label_en="budget of projects on hand",
        unit=Unit.YUAN,
        reason=LISTED,
        table=project,
        where=RUNNING,
        reduce=Reduce.SUM,
        column="budget",
        in_force=True,
        empty=0,
    )
    grant_held = Aggregate(
        label="在研项目财政资助",
        label_en="public grants of projects on hand",
        unit=Unit.YUAN,
        reason=BLOCK,
        table=project,
        where=RUNNING,
        reduce=Reduce.SUM,
        column="grant_amount",
        in_force=True,
        empty=0,
        cards=(),
    )
    own_funds_ratio = Derived(
        label="在研项目自筹资金占预算比重",
        label_en="share of the budget on hand that is not granted",
        unit=Unit.RATIO,
        reason="自筹越多说明投入越实，也说明资金压力越大，不作断言",
        formula=lambda project_budget_held, project_grant_held: ratio(
            project_budget_held - project_grant_held, project_budget_held
        ),
    )
    best_level_held = Aggregate(
        label="在研项目最高级别（市级1、省级2、国家级3）",
        label_en="highest level of a project on hand",
        unit=Unit.LEVEL,
        reason=LISTED,
        table=project,
        where=RUNNING,
        reduce=Reduce.MAX,
        column="level",
        levels=LEVEL,
        in_force=True,
    )
    latest_start_days = Aggregate(
        label="最近一次立项距今天数",
        label_en="days since the latest project began",
        unit=Unit.DAY,
        reason="立项停顿或转入产业化都有可能，不作断言",
        table=project,
        reduce=Reduce.DAYS_SINCE_LATEST,
    )
    consortia_led_held = Aggregate(
        label="牵头的创新联合体数",
        label_en="innovation consortia led",
        unit=Unit.ITEM,
        reason=LISTED,
        table=consortium_membership,
        where={"role": "lead"},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
