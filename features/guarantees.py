"""What can be said of an enterprise's place among those that guarantee each other's debts?

These rest on a table worked out from all guarantees at once (`features.tables.guarantee_graph`). They serve
no card until that table is stored with every other, so that a card never asks for what nobody wrote.
"""

from data.spec.table import Group, Unit
from data.spec.tables.derived import guarantee_graph
from features.spec import Aggregate, Direction, FeatureGroup, Reduce


class Guarantees(FeatureGroup):
    """担保圈：直接相连的企业、互保圈与接受的担保。"""

    prefix = "guarantee"
    group = Group.CONDUCT
    cards = ()

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
