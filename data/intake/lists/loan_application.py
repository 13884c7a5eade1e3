"""How is 贷款申请 read?"""

from data.intake.list_file import Check, Known, ListFile
from data.spec.table import Basis
from data.spec.tables.lending import loan_application

LIST = ListFile(
    name="loan_application",
    label="贷款申请",
    table=loan_application,
    words=("贷款申请",),
    known=Known(basis=Basis.FILED, headers=("报送日期",), column="applied_on"),
    origin="application_no",
    checks=(
        Check(
            code="decided-before-applied",
            message="决定日期早于申请日期",
            columns=("decided_on", "applied_on"),
            holds=lambda rows: ~(rows["decided_on"] < rows["applied_on"]),
        ),
    ),
)
