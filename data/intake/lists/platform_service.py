"""How is 公共技术服务平台服务记录 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.platforms import platform_service

LIST = ListFile(
    name="platform_service",
    label="公共技术服务平台服务记录",
    table=platform_service,
    words=("技术服务", "服务记录"),
    known=Known(basis=Basis.ASSUMED, headers=("报送日期",), column="served_on", lag_days=30),
)
