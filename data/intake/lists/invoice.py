"""How is 增值税发票 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.operations import invoice

LIST = ListFile(
    name="invoice",
    label="增值税发票",
    table=invoice,
    words=("发票",),
    known=Known(basis=Basis.ASSUMED, column="issued_on"),
    headers={"counterparty": ("对方单位", "销方单位代号", "购方单位代号")},
)
