"""How is 大型科学仪器共享网会员 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.platforms import sharing_member

LIST = ListFile(
    name="sharing_member",
    label="大型科学仪器共享网会员",
    table=sharing_member,
    words=("共享网会员", "会员"),
    known=Known(basis=Basis.FILED, headers=("统计日期", "更新日期")),
    whole=True,
)
