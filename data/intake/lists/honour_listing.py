"""How is 科技领军、专精特新、瞪羚、创新型中小企业名单 read?"""

from data.intake.list_file import Known, ListFile
from data.intake.oddities import Doubt, overlapping
from data.spec.table import Basis
from data.spec.tables.qualifications import honour_listing

LIST = ListFile(
    name="honour_listing",
    label="科技领军、专精特新、瞪羚、创新型中小企业名单",
    table=honour_listing,
    words=("领军", "专精特新", "瞪羚", "创新型中小企业", "单项冠军"),
    known=Known(basis=Basis.ANNOUNCED, headers=("公示日期",), column="listed_on"),
    headers={"honour": ("认定类别", "企业类别"), "listed_on": ("认定日期",)},
    doubts=(
        Doubt(
            code="honours-overlap",
            message="同一企业、同一级别的同一称号的两段有效期重叠",
            among=(honour_listing.name,),
            odd=overlapping("honour", "level"),
        ),
    ),
)
