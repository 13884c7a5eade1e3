"""How is 技术合同登记 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.contracts import technology_contract

LIST = ListFile(
    name="technology_contract",
    label="技术合同登记",
    table=technology_contract,
    words=("技术合同",),
    known=Known(basis=Basis.FILED, headers=("更新日期",), column="registered_on"),
    headers={"amount": ("合同金额", "成交额"), "role": ("角色",)},
)
