"""How is 企业名录 read?"""

from data.intake.list_file import Known, ListFile
from data.spec.table import Basis
from data.spec.tables.profile import enterprise_registration

LIST = ListFile(
    name="enterprise_registration",
    label="企业名录",
    table=enterprise_registration,
    words=("企业名录", "在营企业", "登记信息"),
    known=Known(basis=Basis.FILED, headers=("核准日期",)),
    headers={
        "staff": ("从业人数", "员工人数"),
        "registered_capital": ("注册资金",),
        "district": ("区县", "所属区县"),
        "industry": ("行业门类代码", "国民经济行业代码"),
        "ownership": ("经济性质",),
        "status": ("企业状态", "经营状态"),
        "founded_on": ("设立日期", "注册日期"),
        "successor": ("存续企业信用代码", "吸收合并企业信用代码"),
    },
)
