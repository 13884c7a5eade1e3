"""What can be said of the scientists and technology managers an enterprise has?"""

from data.spec.table import Group, Unit
from data.spec.tables.talent import talent_post
from features.arithmetic import ratio, share_of_years
from features.spec import After, Aggregate, Card, Derived, FeatureGroup, Reduce
from features.windows import Window

THREE_YEARS = Window(3, "years")
FIVE_YEARS = Window(5, "years")

BLOCK = "只作其他指标的分子或分母"
TALENT = "人才说明创新能力，不等于偿债能力，不作断言"


class Talent(FeatureGroup):
    """科技人才：在岗人数、类别、成效与去留。"""

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
    specialists_held = Aggregate(
        label="在岗科技专员数",
        label_en="science specialists in force",
        unit=Unit.ITEM,
        reason=TALENT,
        table=talent_post,
        where={"kind": "tech_specialist"},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    high_level_held = Aggregate(
        label="在岗国家级与泰山人才数",
        label_en="national and Taishan talents in force",
        unit=Unit.ITEM,
        reason=TALENT,
        table=talent_post,
        where={"level": ("national", "taishan")},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    senior_managers_held = Aggregate(
        label="在岗中高级技术经理人数",
        label_en="intermediate and senior technology managers in force",
        unit=Unit.ITEM,
        reason=TALENT,
        table=talent_post,
        where={"kind": "technology_manager", "level": ("intermediate", "senior")},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    stay_days_held = Aggregate(
        label="在岗人才到岗天数合计",
        label_en="days since their start of all talents in force, added up",
        unit=Unit.DAY,
        reason=BLOCK,
        table=talent_post,
        reduce=Reduce.DAYS_SINCE_SUM,
        in_force=True,
        empty=0,
        cards=(),
    )
    mean_stay_years = Derived(
        label="在岗人才平均在岗年限",
        label_en="mean years in post of talents in force",
        unit=Unit.YEAR,
        reason="人才稳定说明合作实在，新引进本来就短，不作断言",
        formula=lambda talent_stay_days_held, talent_posts_held: share_of_years(
            ratio(talent_stay_days_held, talent_posts_held)
        ),
    )
    begun_5y = Aggregate(
        label="近五年到岗科技人才数",
        label_en="talents begun in 5 years",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=talent_post,
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
        cards=(),
    )
    left_early_5y = Aggregate(
        label="近五年到岗、聘期未满离岗的人才数",
        label_en="talents begun in 5 years who left before their term",
        unit=Unit.ITEM,
        reason="人才提前离开可能因企业困难，也可能因个人原因，不作断言",
        table=talent_post,
        where={"term_ends_on": After("ends_on")},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    left_early_ratio_5y = Derived(
        label="近五年到岗人才提前离岗率",
        label_en="share of talents begun in 5 years who left before their term",
        unit=Unit.RATIO,
        reason="人才提前离开可能因企业困难，也可能因个人原因，不作断言",
        formula=lambda talent_left_early_5y, talent_begun_5y: ratio(talent_left_early_5y, talent_begun_5y),
    )
    latest_start_days = Aggregate(
        label="最近一名科技人才到岗距今天数",
        label_en="days since the latest talent began",
        unit=Unit.DAY,
        reason=TALENT,
        table=talent_post,
        reduce=Reduce.DAYS_SINCE_LATEST,
    )
    idle_vice_presidents_held = Aggregate(
        label="在岗而未解决过技术难题的科技副总数",
        label_en="science vice presidents in force with no problem solved",
        unit=Unit.ITEM,
        reason="挂名的科技副总需要留意，登记不全也会如此，不作断言",
        table=talent_post,
        where={"kind": "tech_vice_president", "problems_solved": 0},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
