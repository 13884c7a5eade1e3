"""What does an enterprise spend on research and development, and with whom?"""

from data.spec.table import Column, Group, Kind, Table, Unit

rnd_year = Table(
    name="rnd_year",
    label="研发投入统计",
    group=Group.RND,
    publisher="统计、税务部门",
    columns={
        "year": Column(label="年度", kind=Kind.YEAR, required=True),
        "basis": Column(
            label="统计口径",
            kind=Kind.CODE,
            required=True,
            choices={"accounting": "会计", "tax": "加计扣除", "statistics": "统计"},
        ),
        "rnd_expense": Column(label="研发费用", kind=Kind.MONEY, unit=Unit.YUAN, minimum=0),
        "rnd_staff": Column(label="研发人员", kind=Kind.INTEGER, unit=Unit.PERSON, minimum=0),
        "staff": Column(label="从业人员", kind=Kind.INTEGER, unit=Unit.PERSON, minimum=0),
    },
    key=("year", "basis"),
    happened="year",
)

TABLES = (rnd_year,)
