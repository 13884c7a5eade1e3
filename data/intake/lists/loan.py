"""How is 贷款台账 read?"""

import pandas as pd

from data.intake.list_file import Check, Known, ListFile
from data.intake.lists.loan_event import lost_of
from data.intake.oddities import Doubt, differing, looked_up, standing_of
from data.spec.table import Basis
from data.spec.tables.lending import loan, loan_event


def _under_loss(rows: pd.DataFrame, events: pd.DataFrame) -> "pd.Series[bool]":
    """Find loans of which more is lost, by what was told before, than was lent."""
    return looked_up(rows, lost_of(standing_of(events)), "loan_no") > rows["amount"]


LIST = ListFile(
    name="loan",
    label="贷款台账",
    table=loan,
    words=("贷款台账", "借据"),
    known=Known(basis=Basis.FILED, headers=("报送日期",), column="disbursed_on", lag_days=30),
    origin="application_no",
    doubts=(
        Doubt(
            code="loan-number-of-another-bank",
            message="同一企业的同一借据号已由另一家银行报送，两笔会被当作同一笔",
            among=(loan.name,),
            odd=differing("enterprise_id", "loan_no", of=("bank",), from_before=True),
        ),
        Doubt(
            code="loss-over-loan",
            message="已报送的代偿、核销与转让的金额合计大于贷款本金",
            among=(loan_event.name,),
            odd=_under_loss,
        ),
    ),
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
