"""What intellectual property does an enterprise hold, and what became of it?"""

from data.spec.table import Absence, Column, Ending, Group, Kind, Table, Unit

PATENT_KINDS = {"invention": "发明专利", "utility": "实用新型", "design": "外观设计"}

patent = Table(
    name="patent",
    label="专利",
    group=Group.PATENTS,
    publisher="知识产权部门",
    absence=Absence.ZERO,
    columns={
        "application_no": Column(label="申请号", kind=Kind.TEXT, required=True),
        "kind": Column(label="专利类型", kind=Kind.CODE, choices=PATENT_KINDS, required=True),
        "title": Column(label="专利名称", kind=Kind.TEXT),
        "filed_on": Column(label="申请日", kind=Kind.DATE, required=True),
        "published_on": Column(label="公开日", kind=Kind.DATE),
        "granted_on": Column(label="授权公告日", kind=Kind.DATE, outcome=True),
        "ended_by": Column(
            label="失效原因",
            kind=Kind.CODE,
            choices={
                "fee": "未缴年费终止",
                "expiry": "期满",
                "invalid": "无效",
                "waiver": "放弃",
                "refused": "驳回",
                "transferred": "转出",
            },
        ),
        "ceased_on": Column(label="失效日", kind=Kind.DATE, outcome=True),
        "university_partner": Column(label="是否与高校院所共同申请", kind=Kind.FLAG),
        "inventors": Column(label="发明人数", kind=Kind.INTEGER, unit=Unit.PERSON, minimum=0),
    },
    key=("application_no",),
    happened="filed_on",
    ended="ceased_on",
    ended_by=Ending(
        table="patent_event",
        on="application_no",
        column="event",
        ends=("lapsed", "invalidated", "transferred_out"),
        resumes=("restored", "transferred_in"),
    ),
)

patent_event = Table(
    name="patent_event",
    label="专利法律状态",
    group=Group.PATENTS,
    publisher="知识产权部门",
    absence=Absence.ZERO,
    from_loan=True,
    columns={
        "application_no": Column(label="申请号", kind=Kind.TEXT, required=True),
        "patent_kind": Column(label="专利类型", kind=Kind.CODE, choices=PATENT_KINDS, required=True),
        "event": Column(
            label="法律状态",
            kind=Kind.CODE,
            required=True,
            choices={
                "published": "公开",
                "granted": "授权",
                "fee_late": "年费滞纳",
                "lapsed": "终止",
                "restored": "恢复",
                "invalidated": "无效",
                "transferred_in": "转入",
                "transferred_out": "转出",
                "pledged": "质押登记",
                "released": "质押注销",
            },
        ),
        "occurred_on": Column(label="法律状态日", kind=Kind.DATE, required=True),
    },
    key=("application_no", "event", "occurred_on"),
    happened="occurred_on",
)

ip_right = Table(
    name="ip_right",
    label="软件著作权、商标、标准",
    group=Group.PATENTS,
    publisher="知识产权、市场监管部门",
    absence=Absence.ZERO,
    columns={
        "kind": Column(
            label="类别",
            kind=Kind.CODE,
            required=True,
            choices={
                "software": "软件著作权",
                "trademark": "商标",
                "national_standard": "国家标准",
                "industry_standard": "行业标准",
                "plant_variety": "植物新品种",
                "ic_layout": "集成电路布图设计",
            },
        ),
        "number": Column(label="登记号", kind=Kind.TEXT, required=True),
        "registered_on": Column(label="登记日期", kind=Kind.DATE, required=True),
        "role": Column(label="角色", kind=Kind.CODE, choices={"lead": "主持", "partner": "参与", "owner": "权利人"}),
    },
    key=("kind", "number"),
    happened="registered_on",
)

TABLES = (patent, patent_event, ip_right)
