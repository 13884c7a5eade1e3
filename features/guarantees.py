"""What can be said of an enterprise's place among those that guarantee each other's debts?

These rest on a table worked out from all guarantees at once (`features.tables.guarantee_graph`) and stored after
every intake. They derive from other firms' guarantees: a bank sees them as a bare flag (method.md 6).
"""

from data.spec.table import Group, Unit
from data.spec.tables.derived import guarantee_graph
from features.arithmetic import ratio
from features.operations import Operations
from features.spec import Aggregate, Card, Derived, Direction, FeatureGroup, Reduce


class Guarantees(FeatureGroup):
    """担保圈：直接相连的企业、互保圈、接受的担保与邻近的困境。"""

    prefix = "guarantee"
    group = Group.CONDUCT
    cards = (Card.APPLICATION, Card.BEHAVIOUR)
    reads = (Operations,)

    partners_latest = Aggregate(
        label="担保圈中直接相连的企业数",
        label_en="firms tied by guarantees given or received",
        unit=Unit.ITEM,
        reason="担保是常见的商业安排，户数不作断言",
        table=guarantee_graph,
        reduce=Reduce.LATEST,
        column="partners",
        empty=0,
    )
    ring_latest = Aggregate(
        label="所在互保圈的企业数（不在圈内为0）",
        label_en="firms in the ring of mutual guarantees, 0 outside any",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="互保圈内一户违约会传染他户",
        table=guarantee_graph,
        reduce=Reduce.LATEST,
        column="ring_size",
        empty=0,
    )
    received_latest = Aggregate(
        label="接受他企业担保笔数",
        label_en="guarantees received from other firms",
        unit=Unit.ITEM,
        reason="有人担保既是增信也说明自身信用不足，不作断言",
        table=guarantee_graph,
        reduce=Reduce.LATEST,
        column="received",
        empty=0,
    )
    distressed_partners_latest = Aggregate(
        label="直接相连的企业中处于困境的户数",
        label_en="firms in distress tied directly by guarantees",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="担保对手失信、被执行或严重违法，代偿责任随时可能落到本企业",
        table=guarantee_graph,
        reduce=Reduce.LATEST,
        column="distressed_partners",
        empty=0,
    )
    distressed_nearby_latest = Aggregate(
        label="担保链两步之内处于困境的户数",
        label_en="firms in distress within two steps of guarantees",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="困境沿担保链传染，往往先传到担保对手的担保对手",
        table=guarantee_graph,
        reduce=Reduce.LATEST,
        column="distressed_nearby",
        empty=0,
    )
    distressed_amount_latest = Aggregate(
        label="为处于困境的企业担保的金额",
        label_en="amount guaranteed for firms in distress",
        unit=Unit.YUAN,
        reason="金额大小须与资产相比，此处不作断言",
        table=guarantee_graph,
        reduce=Reduce.LATEST,
        column="distressed_amount",
        empty=0,
        cards=(),
    )
    distressed_to_assets_ratio_2y = Derived(
        label="为困境企业担保金额与资产总额之比",
        label_en="amount guaranteed for firms in distress over assets",
        unit=Unit.RATIO,
        direction=Direction.RISK_RISES,
        reason="这部分担保很可能变成代偿，相对资产越重，越难承受",
        formula=lambda guarantee_distressed_amount_latest, operations_assets_latest_2y: ratio(
            guarantee_distressed_amount_latest, operations_assets_latest_2y
        ),
    )
