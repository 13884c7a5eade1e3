"""How is 纳税记录 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.operations import tax_payment

LIST = ListFile(
    name="tax_payment",
    label="纳税记录",
    table=tax_payment,
    words=("纳税", "税款"),
    known=Known(basis=Basis.ASSUMED, headers=("申报日期",), column="period_end", lag_days=20),
)
