"""What do real sources from elsewhere say that the city's own lists have no place for?"""

from data.spec.table import Column, Group, Kind, Table

snapshot_fact = Table(
    name="snapshot_fact",
    label="外部快照",
    group=Group.CONDUCT,
    publisher="外部数据包",
    columns={
        "source": Column(label="来源文件", kind=Kind.TEXT, required=True),
        "item": Column(label="事项", kind=Kind.TEXT, required=True),
        "value": Column(label="数值", kind=Kind.NUMBER),
        "text": Column(label="原文", kind=Kind.TEXT),
        "snapshot_on": Column(label="快照日期", kind=Kind.DATE, required=True),
    },
    key=("source", "item", "value", "text"),
    happened="snapshot_on",
)

undated_outcome = Table(
    name="undated_outcome",
    label="无日期的违约结果",
    group=Group.LENDING,
    publisher="外部数据包",
    columns={
        "defaulted": Column(label="是否违约", kind=Kind.FLAG),
        "bank_rating": Column(label="信誉评级（银行自评，不得作为特征）", kind=Kind.TEXT),
        "snapshot_on": Column(label="快照日期", kind=Kind.DATE, required=True),
    },
    key=(),
    happened="snapshot_on",
)

TABLES = (snapshot_fact, undated_outcome)
