"""How is 贷后月报 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.lending import loan_month

LIST = ListFile(
    name="loan_month",
    label="贷后月报",
    table=loan_month,
    words=("贷后", "月报"),
    known=Known(basis=Basis.FILED, headers=("报送日期",), column="month_end", lag_days=10),
)
