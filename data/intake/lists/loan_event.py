"""How is 贷款变动 read?"""

import pandas as pd

from data.intake.list_file import Known, ListFile
from data.intake.oddities import Doubt
from data.spec.table import Basis
from data.spec.tables.lending import loan, loan_event

LOSSES = ("guarantee_payout", "write_off", "sale")


def _over_loan(rows: pd.DataFrame, loans: pd.DataFrame) -> "pd.Series[bool]":
    """Find losses larger than the loan that they are of; interest and fees may be in them."""
    lent = loans.drop_duplicates(["enterprise_id", "loan_no"], keep="last").set_index(["enterprise_id", "loan_no"])
    asked = pd.MultiIndex.from_frame(rows[["enterprise_id", "loan_no"]])
    amount = pd.Series(lent["amount"].reindex(asked).to_numpy(), index=rows.index)
    return rows["event"].isin(LOSSES) & (rows["amount"] > amount)


LIST = ListFile(
    name="loan_event",
    label="贷款变动",
    table=loan_event,
    words=("贷款变动", "代偿", "续贷"),
    known=Known(basis=Basis.FILED, headers=("报送日期",), column="occurred_on", lag_days=10),
    doubts=(
        Doubt(
            code="loss-over-loan",
            message="代偿、核销或转让的金额大于贷款本金",
            among=loan.name,
            odd=_over_loan,
        ),
    ),
)
