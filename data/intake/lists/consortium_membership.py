"""How is 创新联合体成员 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.projects import consortium_membership

LIST = ListFile(
    name="consortium_membership",
    label="创新联合体成员",
    table=consortium_membership,
    words=("创新联合体", "联合体"),
    known=Known(basis=Basis.ANNOUNCED, headers=("公布日期", "公告日期")),
    headers={"role": ("成员角色",)},
    whole=True,
)
