"""How is 财务年报 read?"""

from data.intake.list_file import Check, Known, ListFile
from data.spec.table import Basis
from data.spec.tables.operations import annual_report

LIST = ListFile(
    name="annual_report",
    label="财务年报",
    table=annual_report,
    words=("财务年报", "年度财务", "年报"),
    known=Known(basis=Basis.FILED, headers=("报送日期",), column="filed_on"),
    headers={
        "year": ("报表年度", "会计年度"),
        "revenue": ("营业总收入", "主营业务收入"),
        "assets": ("资产总计",),
        "liabilities": ("负债合计",),
        "profit": ("净利润总额",),
        "staff": ("年末从业人数", "职工人数", "员工人数"),
    },
    checks=(
        Check(
            code="filed-before-year-end",
            message="填报日期早于年度结束",
            columns=("filed_on", "year"),
            holds=lambda rows: ~(rows["filed_on"] < rows["year"]),
        ),
    ),
)
