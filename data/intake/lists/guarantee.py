"""How is 担保关系 read?"""

from data.intake.list_file import Known, ListFile
from data.intake.oddities import Doubt, overlapping
from data.spec.table import Basis
from data.spec.tables.conduct import guarantee

LIST = ListFile(
    name="guarantee",
    label="担保关系",
    table=guarantee,
    words=("担保",),
    known=Known(basis=Basis.ASSUMED, headers=("报送日期",), column="started_on", lag_days=30),
    doubts=(
        Doubt(
            code="guarantees-overlap",
            message="为同一企业、同一金额的两份担保期间重叠，可能是重复报送",
            among=(guarantee.name,),
            odd=overlapping("guaranteed", "amount"),
        ),
    ),
)
