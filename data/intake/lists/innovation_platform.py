"""How is 创新平台 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.platforms import innovation_platform

LIST = ListFile(
    name="innovation_platform",
    label="创新平台",
    table=innovation_platform,
    words=("创新平台", "重点实验室", "技术中心"),
    known=Known(basis=Basis.ANNOUNCED, headers=("公布日期", "公告日期")),
    headers={"level": ("级别",), "kind": ("类型",), "recognised_on": ("批准日期",)},
)
