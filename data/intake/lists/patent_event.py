"""How is 专利法律状态 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.patents import patent_event

LIST = ListFile(
    name="patent_event",
    label="专利法律状态",
    table=patent_event,
    words=("法律状态",),
    known=Known(basis=Basis.ANNOUNCED, headers=("公告日", "法律状态公告日"), column="occurred_on"),
    headers={"event": ("法律状态类型",), "application_no": ("专利申请号",)},
)
