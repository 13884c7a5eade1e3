"""What can be said of the scientists and technology managers an enterprise has?"""

from data.spec.table import Group, Unit
from data.spec.tables.talent import talent_post
from features.spec import Aggregate, Card, FeatureGroup, Reduce
from features.windows import Window

THREE_YEARS = Window(3, "years")

TALENT = "人才说明创新能力，不等于偿债能力，不作断言"


class Talent(FeatureGroup):
    """科技人才：在岗人数、类别与成效。"""

    prefix = "talent"
    group = Group.TALENT
    cards = (Card.APPLICATION, Card.BEHAVIOUR)

    posts_held = Aggregate(
        label="在岗科技人才数",
        label_en="talent posts in force",
        unit=Unit.ITEM,
        reason=TALENT,
        table=talent_post,
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    vice_presidents_held = Aggregate(
        label="在岗科技副总数",
        label_en="science vice presidents in force",
        unit=Unit.ITEM,
        reason="挂名的科技副总需要留意，不作断言",
        table=talent_post,
        where={"kind": "tech_vice_president"},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    leading_held = Aggregate(
        label="在岗领军人才与引智专家数",
        label_en="leading talents and foreign experts in force",
        unit=Unit.ITEM,
        reason=TALENT,
        table=talent_post,
        where={"kind": ("leading_talent", "foreign_expert")},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    managers_held = Aggregate(
        label="在岗技术经理人数",
        label_en="technology managers in force",
        unit=Unit.ITEM,
        reason=TALENT,
        table=talent_post,
        where={"kind": "technology_manager"},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    problems_solved_3y = Aggregate(
        label="近三年到岗人才解决技术难题数",
        label_en="problems solved by talents begun in 3 years",
        unit=Unit.ITEM,
        reason=TALENT,
        table=talent_post,
        reduce=Reduce.SUM,
        column="problems_solved",
        window=THREE_YEARS,
        empty=0,
    )
    results_transferred_3y = Aggregate(
        label="近三年到岗人才转化成果数",
        label_en="results transferred by talents begun in 3 years",
        unit=Unit.ITEM,
        reason=TALENT,
        table=talent_post,
        reduce=Reduce.SUM,
        column="results_transferred",
        window=THREE_YEARS,
        empty=0,
    )
    universities_3y = Aggregate(
        label="近三年派出单位数",
        label_en="universities that sent talents in 3 years",
        unit=Unit.ITEM,
        reason=TALENT,
        table=talent_post,
        reduce=Reduce.DISTINCT,
        column="from_university",
        window=THREE_YEARS,
        empty=0,
    )
