"""How is 专利法律状态 read?"""

import pandas as pd

from data.intake.list_file import Known, ListFile
from data.intake.oddities import Doubt, said_of
from data.spec.table import Basis
from data.spec.tables.patents import patent, patent_event


def _before_filing(rows: pd.DataFrame, patents: pd.DataFrame) -> "pd.Series[bool]":
    """Find what is said to have become of a patent before it was filed for."""
    return rows["occurred_on"] < said_of(rows, patents, "application_no", "filed_on")


def _of_another_kind(rows: pd.DataFrame, patents: pd.DataFrame) -> "pd.Series[bool]":
    """Find what is said of a patent of another kind than the patents' own list tells."""
    kind = said_of(rows, patents, "application_no", "kind")
    return kind.notna() & (rows["patent_kind"] != kind)


LIST = ListFile(
    name="patent_event",
    label="专利法律状态",
    table=patent_event,
    words=("法律状态",),
    known=Known(basis=Basis.ANNOUNCED, headers=("公告日", "法律状态公告日"), column="occurred_on"),
    headers={"event": ("法律状态类型",), "application_no": ("专利申请号", "专利号")},
    doubts=(
        Doubt(
            code="patent-kind-differs",
            message="专利类型与《专利》所载的不一致",
            among=(patent.name,),
            odd=_of_another_kind,
        ),
        Doubt(
            code="event-before-filing",
            message="法律状态日早于《专利》所载的申请日",
            among=(patent.name,),
            odd=_before_filing,
        ),
    ),
)
