"""How is 股权融资与政府基金 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.operations import equity_round

LIST = ListFile(
    name="equity_round",
    label="股权融资与政府基金",
    table=equity_round,
    words=("股权融资", "政府基金", "投资"),
    known=Known(basis=Basis.ASSUMED, headers=("披露日期",), column="closed_on", lag_days=30),
)
