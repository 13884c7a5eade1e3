"""How is 软件著作权、商标、标准 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.patents import ip_right

LIST = ListFile(
    name="ip_right",
    label="软件著作权、商标、标准",
    table=ip_right,
    words=("软件著作权", "商标", "标准"),
    known=Known(basis=Basis.ANNOUNCED, headers=("公告日期", "公布日期"), column="registered_on"),
)
