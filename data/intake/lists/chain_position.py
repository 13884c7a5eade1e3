"""How is 产业链创新图谱 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.profile import chain_position

LIST = ListFile(
    name="chain_position",
    label="产业链创新图谱",
    table=chain_position,
    words=("产业链", "图谱"),
    known=Known(basis=Basis.ANNOUNCED, headers=("公布日期", "发布日期")),
    headers={"chain": ("所属产业链",), "position": ("产业链环节",)},
    whole=True,
)
