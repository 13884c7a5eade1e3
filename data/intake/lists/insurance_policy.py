"""How is 科技保险保单与理赔 read?"""

from data.intake.list_file import Check, Known, ListFile
from data.spec.table import Basis
from data.spec.tables.operations import insurance_policy

LIST = ListFile(
    name="insurance_policy",
    label="科技保险保单与理赔",
    table=insurance_policy,
    words=("保险", "保单"),
    known=Known(basis=Basis.ASSUMED, headers=("报送日期",), column="started_on", lag_days=30),
    checks=(
        Check(
            code="claim-over-insured",
            message="理赔金额大于保险金额",
            columns=("claim_amount", "insured_amount"),
            holds=lambda rows: ~(rows["claim_amount"] > rows["insured_amount"]),
        ),
    ),
)
