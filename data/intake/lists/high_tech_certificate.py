"""How is 高新技术企业认定名单 read?"""

from data.intake.list_file import Identity, Known, ListFile
from data.intake.oddities import Doubt, overlapping
from data.spec.table import Basis
from data.spec.tables.qualifications import high_tech_certificate

LIST = ListFile(
    name="high_tech_certificate",
    label="高新技术企业认定名单",
    table=high_tech_certificate,
    words=("高新技术企业", "认定"),
    known=Known(basis=Basis.ANNOUNCED, headers=("公告日期", "公布日期")),
    identity=Identity.BY_NAME,
    headers={"certificate_no": ("高企证书编号", "证书号")},
    constants={"event": "recognised"},
    doubts=(
        Doubt(
            code="certificates-overlap",
            message="同一企业两份高新技术企业证书的有效期重叠一年以上",
            among=(high_tech_certificate.name,),
            odd=overlapping(allowed="certificate_overlap_days"),
        ),
    ),
)
