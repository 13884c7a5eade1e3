"""How is 育苗、双培育库名单 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.qualifications import cultivation_listing

LIST = ListFile(
    name="cultivation_listing",
    label="育苗、双培育库名单",
    table=cultivation_listing,
    words=("培育库", "育苗", "双培育"),
    known=Known(basis=Basis.ANNOUNCED, headers=("公布日期", "公告日期")),
)
