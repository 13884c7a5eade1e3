"""How is 贷款台账 read?"""

from data.intake.list_file import Check, Known, ListFile
from data.spec.table import Basis
from data.spec.tables.lending import loan

LIST = ListFile(
    name="loan",
    label="贷款台账",
    table=loan,
    words=("贷款台账", "借据"),
    known=Known(basis=Basis.FILED, headers=("报送日期",), column="disbursed_on", lag_days=30),
    origin="application_no",
    checks=(
        Check(
            code="undrawn-over-amount",
            message="未提用额度大于贷款金额",
            columns=("undrawn", "amount"),
            holds=lambda rows: ~(rows["undrawn"] > rows["amount"]),
        ),
        Check(
            code="matures-before-disbursed",
            message="到期日期早于放款日期",
            columns=("matures_on", "disbursed_on"),
            holds=lambda rows: ~(rows["matures_on"] < rows["disbursed_on"]),
        ),
    ),
)
