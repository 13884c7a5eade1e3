"""What can be said of an enterprise's research projects, results and consortia?"""

from data.spec.table import Group, Unit
from data.spec.tables.projects import achievement, consortium_membership, project
from features.spec import Aggregate, Card, Direction, FeatureGroup, Filled, Reduce
from features.windows import Window

THREE_YEARS = Window(3, "years")
FIVE_YEARS = Window(5, "years")

LISTED = "说明创新能力，不等于偿债能力，不作断言"


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
        where={"role": "lead"},
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
        where={"role": "partner"},
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
