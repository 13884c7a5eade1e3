"""Which tables are worked out from other tables, and stored with a known_on of their own?"""

from collections.abc import Mapping
from types import MappingProxyType

from data.spec.table import Absence, Column, Group, Kind, Table, Unit

guarantee_graph = Table(
    name="guarantee_graph",
    label="担保圈",
    group=Group.CONDUCT,
    publisher="由担保关系推算",
    absence=Absence.ZERO,
    from_loan=True,
    columns={
        "changed_on": Column(label="变动日期", kind=Kind.DATE, required=True),
        "given": Column(label="对外担保笔数", kind=Kind.INTEGER, unit=Unit.ITEM, minimum=0),
        "received": Column(label="接受担保笔数", kind=Kind.INTEGER, unit=Unit.ITEM, minimum=0),
        "partners": Column(label="直接相连企业数", kind=Kind.INTEGER, unit=Unit.ITEM, minimum=0),
        "ring_size": Column(label="互保圈企业数", kind=Kind.INTEGER, unit=Unit.ITEM, minimum=0),
        "guaranteed_amount": Column(label="对外担保金额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "distressed_partners": Column(label="直接相连的困境企业数", kind=Kind.INTEGER, unit=Unit.ITEM, minimum=0),
        "distressed_nearby": Column(label="两步之内的困境企业数", kind=Kind.INTEGER, unit=Unit.ITEM, minimum=0),
        "distressed_amount": Column(label="为困境企业担保金额", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
    },
    key=("changed_on",),
    happened="changed_on",
)
"""One row an enterprise and day on which its place in the graph changed; worked out from all guarantees at once.

A firm in distress (困境企业) is one with a dishonesty listing, an enforcement or a serious violation in force.
"""

PEER_MEASURES: Mapping[str, tuple[str, Unit]] = MappingProxyType(
    {
        "rnd_intensity": ("研发投入强度", Unit.RATIO),
        "rnd_staff_share": ("研发人员占比", Unit.RATIO),
        "leverage": ("资产负债率", Unit.RATIO),
        "revenue_growth": ("营业收入增长率", Unit.RATIO),
        "profit_margin": ("净利润率", Unit.RATIO),
        "revenue_per_head": ("人均营业收入", Unit.YUAN),
    }
)
"""What enterprises are compared in, with label and unit."""

QUARTILES: Mapping[str, str] = MappingProxyType({"lower": "下四分位数", "middle": "中位数", "upper": "上四分位数"})
STAGES: Mapping[str, str] = MappingProxyType({"startup": "初创期", "growth": "成长期", "stable": "稳定期"})


def _peer_columns() -> dict[str, Column]:
    columns = {
        "period_end": Column(label="统计截止日", kind=Kind.DATE, required=True),
        "industry": Column(label="行业大类", kind=Kind.TEXT),
        "stage": Column(label="企业阶段", kind=Kind.CODE, choices=STAGES),
    }
    for measure, (label, unit) in PEER_MEASURES.items():
        kind = Kind.MONEY if unit is Unit.YUAN else Kind.NUMBER
        columns[f"{measure}_peers"] = Column(label=f"{label}可比企业数", kind=Kind.INTEGER, unit=Unit.ITEM, minimum=0)
        for name, place in QUARTILES.items():
            columns[f"{measure}_{name}"] = Column(label=f"{label}{place}", kind=kind, unit=unit)
    return columns


peer_reference = Table(
    name="peer_reference",
    label="同行参照",
    group=Group.OPERATIONS,
    publisher="由年报、研发统计与企业名录推算",
    columns=_peer_columns(),
    key=("period_end",),
    happened="period_end",
)
"""One row an enterprise and year: the quartiles of its peers, each over enough firms to tell of none of them."""

AGGREGATES = frozenset({peer_reference.name})
"""Derived tables whose rows are aggregates over at least twenty firms, and may be shown as such (method.md 6)."""

TABLES = (guarantee_graph, peer_reference)
