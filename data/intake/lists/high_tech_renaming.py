"""How is 高新技术企业更名公告 read?"""

from data.intake.list_file import Identity, Known, ListFile
from data.spec.table import Basis
from data.spec.tables.qualifications import high_tech_certificate

LIST = ListFile(
    name="high_tech_renaming",
    label="高新技术企业更名公告",
    table=high_tech_certificate,
    words=("高新技术企业", "更名"),
    known=Known(basis=Basis.ANNOUNCED, headers=("公告日期", "公布日期")),
    identity=Identity.BY_NAME,
    headers={
        "certificate_no": ("高企证书编号", "证书号"),
        "former_name": ("更名前名称", "变更前名称", "更名前企业名称", "变更前企业名称"),
    },
    constants={"event": "renamed"},
    amends=True,
)
