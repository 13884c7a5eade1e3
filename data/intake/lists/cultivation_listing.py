"""How is 育苗、双培育库名单 read?"""

from data.intake.list_file import Known, ListFile
from data.intake.oddities import Doubt, overlapping
from data.spec.table import Basis
from data.spec.tables.qualifications import cultivation_listing

LIST = ListFile(
    name="cultivation_listing",
    label="育苗、双培育库名单",
    table=cultivation_listing,
    words=("培育库", "育苗", "双培育"),
    known=Known(basis=Basis.ANNOUNCED, headers=("公布日期", "公告日期")),
    doubts=(
        Doubt(
            code="listings-overlap",
            message="同一企业在同一培育计划中的两段期间重叠",
            among=(cultivation_listing.name,),
            odd=overlapping("programme"),
        ),
    ),
)
