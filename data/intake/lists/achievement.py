"""How is 科技成果登记、科技奖励、首台套 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.projects import achievement

LIST = ListFile(
    name="achievement",
    label="科技成果登记、科技奖励、首台套",
    table=achievement,
    words=("科技成果", "科技奖励", "首台套"),
    known=Known(basis=Basis.ANNOUNCED, column="announced_on"),
)
