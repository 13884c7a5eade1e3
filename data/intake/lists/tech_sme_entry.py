"""How is 科技型中小企业入库名单 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.qualifications import tech_sme_entry

LIST = ListFile(
    name="tech_sme_entry",
    label="科技型中小企业入库名单",
    table=tech_sme_entry,
    words=("科技型中小企业", "入库"),
    known=Known(basis=Basis.ANNOUNCED, headers=("公告日期", "公示日期")),
    headers={"entry_no": ("入库编号", "登记编号")},
)
