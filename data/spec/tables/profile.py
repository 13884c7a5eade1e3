"""What does the register say an enterprise is?"""

from data.spec.identifiers import DISTRICTS
from data.spec.table import Column, Group, Kind, Table, Unit

enterprise_registration = Table(
    name="enterprise_registration",
    label="企业名录",
    group=Group.PROFILE,
    publisher="市场监管部门",
    columns={
        "name": Column(label="企业名称", kind=Kind.TEXT, required=True),
        "former_names": Column(label="曾用名", kind=Kind.TEXT),
        "founded_on": Column(label="成立日期", kind=Kind.DATE, required=True),
        "registered_capital": Column(label="注册资本", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "district": Column(label="所在区县", kind=Kind.CODE, choices=DISTRICTS),
        "industry": Column(label="行业代码", kind=Kind.TEXT),
        "ownership": Column(
            label="企业类型",
            kind=Kind.CODE,
            choices={
                "private": "民营",
                "state": "国有",
                "foreign": "外资",
                "collective": "集体",
                "institution": "事业单位",
            },
        ),
        "staff": Column(label="职工人数", kind=Kind.INTEGER, unit=Unit.PERSON, minimum=0),
        "status": Column(
            label="登记状态",
            kind=Kind.CODE,
            choices={"active": "存续", "deregistered": "注销", "revoked": "吊销", "merged": "合并注销"},
        ),
        "deregistered_on": Column(label="注销日期", kind=Kind.DATE, outcome=True),
        "successor": Column(label="合并后存续企业信用代码", kind=Kind.USCC),
    },
    key=(),
    happened="founded_on",
    ended="deregistered_on",
)

chain_position = Table(
    name="chain_position",
    label="产业链创新图谱",
    group=Group.PROFILE,
    publisher="科技部门",
    columns={
        "chain": Column(label="产业链", kind=Kind.TEXT, required=True),
        "position": Column(
            label="环节", kind=Kind.CODE, choices={"upstream": "上游", "midstream": "中游", "downstream": "下游"}
        ),
        "is_key_firm": Column(label="是否重点企业", kind=Kind.FLAG),
        "listed_on": Column(label="入图日期", kind=Kind.DATE, required=True),
        "removed_on": Column(label="移出日期", kind=Kind.DATE, outcome=True),
    },
    key=("chain",),
    happened="listed_on",
    ended="removed_on",
)

TABLES = (enterprise_registration, chain_position)
