"""Which research projects, results and consortia does an enterprise take part in?"""

from data.spec.table import Absence, Column, Group, Kind, Table, Unit

LEVELS = {"national": "国家级", "provincial": "省级", "city": "市级"}

project = Table(
    name="project",
    label="科技计划项目",
    group=Group.PROJECTS,
    publisher="科技部门",
    absence=Absence.ZERO,
    columns={
        "project_no": Column(label="项目编号", kind=Kind.TEXT, required=True),
        "programme": Column(
            label="计划类别",
            kind=Kind.CODE,
            required=True,
            choices={
                "provincial_major": "省重大科技创新工程",
                "sme_capability": "省科技型中小企业创新能力提升工程",
                "national_rnd": "国家重点研发计划",
                "city_key": "市重点研发计划",
                "other": "其他科技计划",
            },
        ),
        "level": Column(label="项目级别", kind=Kind.CODE, choices=LEVELS, required=True),
        "role": Column(label="承担方式", kind=Kind.CODE, choices={"lead": "牵头", "partner": "参与"}, required=True),
        "partner_universities": Column(label="合作高校院所数", kind=Kind.INTEGER, unit=Unit.ITEM, minimum=0),
        "partner_firms": Column(label="合作企业数", kind=Kind.INTEGER, unit=Unit.ITEM, minimum=0),
        "budget": Column(label="项目总预算", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "grant_amount": Column(label="财政资助", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "started_on": Column(label="立项日期", kind=Kind.DATE, required=True),
        "due_on": Column(label="计划验收日期", kind=Kind.DATE),
        "accepted_on": Column(label="验收日期", kind=Kind.DATE, outcome=True),
        "withdrawn_on": Column(label="撤销日期", kind=Kind.DATE, outcome=True),
        "closed_on": Column(label="结题日期", kind=Kind.DATE, outcome=True),
    },
    key=("project_no",),
    happened="started_on",
    ended="closed_on",
)

achievement = Table(
    name="achievement",
    label="科技成果登记、科技奖励、首台套",
    group=Group.PROJECTS,
    publisher="科技、工信部门",
    absence=Absence.ZERO,
    columns={
        "kind": Column(
            label="成果类别",
            kind=Kind.CODE,
            required=True,
            choices={"result": "科技成果登记", "award": "科技奖励", "first_of_kind": "首台套首批次首版次"},
        ),
        "number": Column(label="登记编号", kind=Kind.TEXT, required=True),
        "level": Column(label="级别", kind=Kind.CODE, choices=LEVELS),
        "announced_on": Column(label="公布日期", kind=Kind.DATE, required=True),
    },
    key=("kind", "number"),
    happened="announced_on",
)

consortium_membership = Table(
    name="consortium_membership",
    label="创新联合体成员",
    group=Group.PROJECTS,
    publisher="科技部门",
    absence=Absence.ZERO,
    columns={
        "consortium": Column(label="联合体名称", kind=Kind.TEXT, required=True),
        "role": Column(label="角色", kind=Kind.CODE, choices={"lead": "牵头", "partner": "成员"}, required=True),
        "joined_on": Column(label="加入日期", kind=Kind.DATE, required=True),
        "left_on": Column(label="退出日期", kind=Kind.DATE, outcome=True),
    },
    key=("consortium",),
    happened="joined_on",
    ended="left_on",
)

TABLES = (project, achievement, consortium_membership)
