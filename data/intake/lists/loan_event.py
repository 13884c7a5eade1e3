"""How is 贷款变动 read?"""

from typing import Any

import pandas as pd

from data.intake.list_file import Known, ListFile
from data.intake.oddities import Doubt, latest, looked_up, said_of
from data.spec.table import Basis
from data.spec.tables.lending import LOSSES, loan, loan_event

LOAN = ["enterprise_id", "loan_no"]


def lost_of(events: pd.DataFrame) -> "pd.Series[Any]":
    """Add up what was lost of each loan, by enterprise and loan; interest and fees may be in it."""
    return events[events["event"].isin(LOSSES)].groupby(LOAN)["amount"].sum()


def _over_loan(rows: pd.DataFrame, loans: pd.DataFrame, events: pd.DataFrame) -> "pd.Series[bool]":
    """Find losses that come, with those told before, to more than the loan that they are of."""
    lent = said_of(rows, loans, "loan_no", "amount")
    lost = looked_up(rows, lost_of(latest(rows, events)), "loan_no")
    return rows["event"].isin(LOSSES) & (lost > lent)


LIST = ListFile(
    name="loan_event",
    label="贷款变动",
    table=loan_event,
    words=("贷款变动", "代偿", "续贷"),
    known=Known(basis=Basis.FILED, headers=("报送日期",), column="occurred_on", lag_days=10),
    doubts=(
        Doubt(
            code="loss-over-loan",
            message="代偿、核销与转让的金额合计大于贷款本金",
            among=(loan.name, loan_event.name),
            odd=_over_loan,
        ),
    ),
)
