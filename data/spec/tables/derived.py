"""Which tables are worked out from other tables, and stored with a known_on of their own?"""

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
    },
    key=("changed_on",),
    happened="changed_on",
)
"""One row an enterprise and day on which its place in the graph changed; worked out from all guarantees at once."""

TABLES = (guarantee_graph,)
