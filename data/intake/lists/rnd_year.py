"""How is 研发投入统计 read?"""

from data.intake.list_file import Check, Known, ListFile
from data.spec.table import Basis
from data.spec.tables.rnd import rnd_year

LIST = ListFile(
    name="rnd_year",
    label="研发投入统计",
    table=rnd_year,
    words=("研发投入", "研发费用"),
    known=Known(basis=Basis.FILED, headers=("报送日期", "填报日期", "汇算清缴日期")),
    headers={
        "year": ("统计年度", "所属年度"),
        "rnd_expense": ("研发经费支出", "研发投入"),
        "rnd_staff": ("研发人员数", "R&D人员"),
        "staff": ("从业人员平均人数", "职工总数"),
    },
    checks=(
        Check(
            code="rnd-staff-over-staff",
            message="研发人员多于从业人员",
            columns=("rnd_staff", "staff"),
            holds=lambda rows: ~(rows["rnd_staff"] > rows["staff"]),
        ),
    ),
)
