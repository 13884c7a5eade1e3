"""What can be said of how an enterprise keeps its word, and whose debts it guarantees?"""

from data.spec.table import Group, Unit
from data.spec.tables.conduct import conduct_record, guarantee
from features.arithmetic import ratio
from features.operations import Operations
from features.spec import Aggregate, Card, Derived, Direction, FeatureGroup, Reduce
from features.windows import Window

TWO_YEARS = Window(2, "years")
THREE_YEARS = Window(3, "years")
FIVE_YEARS = Window(5, "years")

ADVERSE = (
    "dishonesty",
    "enforcement",
    "abnormal_operation",
    "serious_violation",
    "administrative_penalty",
    "tax_arrears",
)


class Conduct(FeatureGroup):
    """信用与担保：失信、被执行、经营异常、处罚、欠税、诉讼与担保圈。"""

    prefix = "conduct"
    group = Group.CONDUCT
    cards = (Card.APPLICATION, Card.BEHAVIOUR)
    reads = (Operations,)

    dishonesty_held = Aggregate(
        label="当前失信被执行记录数",
        label_en="dishonesty listings in force",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="有能力而拒不履行判决，是最严重的失信",
        table=conduct_record,
        where={"kind": "dishonesty"},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    dishonesty_5y = Aggregate(
        label="近五年失信被执行记录数",
        label_en="dishonesty listings in 5 years",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="曾有失信行为",
        table=conduct_record,
        where={"kind": "dishonesty"},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    enforcement_held = Aggregate(
        label="当前被执行记录数",
        label_en="enforcements in force",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="被法院强制执行，说明已有债务未按期履行",
        table=conduct_record,
        where={"kind": "enforcement"},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    enforcement_amount_held = Aggregate(
        label="当前被执行金额",
        label_en="amount under enforcement",
        unit=Unit.YUAN,
        direction=Direction.RISK_RISES,
        reason="被执行金额越大，可用于还款的资金越少",
        table=conduct_record,
        where={"kind": "enforcement"},
        reduce=Reduce.SUM,
        column="amount",
        in_force=True,
        empty=0,
    )
    abnormal_held = Aggregate(
        label="当前经营异常记录数",
        label_en="abnormal-operation listings in force",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="失联或不公示年报，是经营出问题的信号",
        table=conduct_record,
        where={"kind": "abnormal_operation"},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    serious_held = Aggregate(
        label="当前严重违法记录数",
        label_en="serious-violation listings in force",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="严重违法失信未修复",
        table=conduct_record,
        where={"kind": "serious_violation"},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    penalties_3y = Aggregate(
        label="近三年行政处罚数",
        label_en="administrative penalties in 3 years",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="处罚说明经营不合规",
        table=conduct_record,
        where={"kind": "administrative_penalty"},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    penalty_amount_3y = Aggregate(
        label="近三年行政处罚金额",
        label_en="amount of administrative penalties in 3 years",
        unit=Unit.YUAN,
        direction=Direction.RISK_RISES,
        reason="罚款越重，违规越严重",
        table=conduct_record,
        where={"kind": "administrative_penalty"},
        reduce=Reduce.SUM,
        column="amount",
        window=THREE_YEARS,
        empty=0,
    )
    tax_arrears_held = Aggregate(
        label="当前欠税记录数",
        label_en="tax arrears in force",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="欠税说明现金已经紧张",
        table=conduct_record,
        where={"kind": "tax_arrears"},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    tax_arrears_amount_held = Aggregate(
        label="当前欠税金额",
        label_en="amount of tax arrears in force",
        unit=Unit.YUAN,
        direction=Direction.RISK_RISES,
        reason="欠税越多，现金缺口越大",
        table=conduct_record,
        where={"kind": "tax_arrears"},
        reduce=Reduce.SUM,
        column="amount",
        in_force=True,
        empty=0,
    )
    tax_arrears_3y = Aggregate(
        label="近三年欠税记录数",
        label_en="tax arrears in 3 years",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="曾因资金紧张而欠税",
        table=conduct_record,
        where={"kind": "tax_arrears"},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    litigation_2y = Aggregate(
        label="近两年裁判文书数",
        label_en="court rulings in 2 years",
        unit=Unit.ITEM,
        reason="企业可能是原告也可能是被告，不作断言",
        table=conduct_record,
        where={"kind": "litigation"},
        reduce=Reduce.COUNT,
        window=TWO_YEARS,
        empty=0,
    )
    latest_record_days = Aggregate(
        label="最近一条不良记录距今天数",
        label_en="days since the latest adverse record",
        unit=Unit.DAY,
        direction=Direction.RISK_FALLS,
        reason="记录越久远，影响越小",
        table=conduct_record,
        where={"kind": ADVERSE},
        reduce=Reduce.DAYS_SINCE_LATEST,
    )
    guarantees_held = Aggregate(
        label="有效对外担保笔数",
        label_en="guarantees given and in force",
        unit=Unit.ITEM,
        reason="担保是常见的商业安排，笔数不作断言",
        table=guarantee,
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    guaranteed_amount_held = Aggregate(
        label="有效对外担保金额",
        label_en="amount guaranteed for others and in force",
        unit=Unit.YUAN,
        reason="金额大小须与资产相比，此处不作断言",
        table=guarantee,
        reduce=Reduce.SUM,
        column="amount",
        in_force=True,
        empty=0,
    )
    guaranteed_to_assets_ratio_2y = Derived(
        label="对外担保金额与资产总额之比",
        label_en="amount guaranteed over assets",
        unit=Unit.RATIO,
        direction=Direction.RISK_RISES,
        reason="对外担保是或有负债，相对资产越重风险越大",
        formula=lambda conduct_guaranteed_amount_held, operations_assets_latest_2y: ratio(
            conduct_guaranteed_amount_held, operations_assets_latest_2y
        ),
    )
