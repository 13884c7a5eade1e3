"""How is 创新券 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.platforms import innovation_voucher

LIST = ListFile(
    name="innovation_voucher",
    label="创新券",
    table=innovation_voucher,
    words=("创新券",),
    known=Known(basis=Basis.FILED, headers=("登记时间",), column="ordered_on"),
    headers={"amount": ("补助金额", "补贴金额")},
)
