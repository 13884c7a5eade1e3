"""How is 孵化载体在孵企业名单 read?"""

from data.intake.list_file import Known, ListFile
from data.intake.oddities import Doubt, overlapping
from data.spec.table import Basis
from data.spec.tables.qualifications import incubation_tenancy

LIST = ListFile(
    name="incubation_tenancy",
    label="孵化载体在孵企业名单",
    table=incubation_tenancy,
    words=("孵化", "在孵企业", "众创空间"),
    known=Known(basis=Basis.FILED, headers=("报送日期",)),
    headers={"carrier": ("孵化载体名称", "所在载体"), "entered_on": ("入孵日期",)},
    whole=True,
    doubts=(
        Doubt(
            code="tenancies-overlap",
            message="同一企业的两段在孵期重叠",
            among=(incubation_tenancy.name,),
            odd=overlapping(),
        ),
    ),
)
