"""How is 大型科学仪器共享网仪器 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.platforms import instrument

LIST = ListFile(
    name="instrument",
    label="大型科学仪器共享网仪器",
    table=instrument,
    words=("大型科学仪器", "仪器"),
    known=Known(basis=Basis.FILED, headers=("统计日期", "更新日期")),
    headers={"original_value": ("原值",)},
    whole=True,
)
