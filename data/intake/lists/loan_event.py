"""How is 贷款变动 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.lending import loan_event

LIST = ListFile(
    name="loan_event",
    label="贷款变动",
    table=loan_event,
    words=("贷款变动", "代偿", "续贷"),
    known=Known(basis=Basis.FILED, headers=("报送日期",), column="occurred_on", lag_days=10),
)
