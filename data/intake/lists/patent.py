"""How is 专利 read?"""

import pandas as pd

from data.intake.list_file import Check, Known, ListFile
from data.intake.oddities import Doubt, differing, looked_up, standing_of
from data.spec.table import Basis
from data.spec.tables.patents import patent, patent_event

PATENT = ["enterprise_id", "application_no"]


def _after_event(rows: pd.DataFrame, events: pd.DataFrame) -> "pd.Series[bool]":
    """Find patents of which something is said to have become before they were filed for."""
    first = standing_of(events).groupby(PATENT)["occurred_on"].min()
    return looked_up(rows, first, "application_no") < rows["filed_on"]


def _untold_ends(rows: pd.DataFrame, events: pd.DataFrame) -> "pd.Series[bool]":
    """Find patents that their list tells of as standing, when events known before say that they ended."""
    ending = patent.ended_by
    assert ending is not None
    told = standing_of(events[events["event"].isin([*ending.ends, *ending.resumes])])
    pairs = rows[[*PATENT, "known_on", "file_row"]].merge(
        told[[*PATENT, "event", "occurred_on", "known_on"]], on=PATENT, suffixes=("", "_then")
    )
    known = pairs[pairs["known_on_then"] < pairs["known_on"]].sort_values(["occurred_on", "known_on_then"])
    last = known.drop_duplicates("file_row", keep="last")
    ended = last.loc[last["event"].isin(list(ending.ends)), "file_row"]
    return rows["file_row"].isin(ended) & rows["ceased_on"].isna()


LIST = ListFile(
    name="patent",
    label="专利",
    table=patent,
    words=("专利清单", "专利信息", "专利明细"),
    known=Known(basis=Basis.ANNOUNCED, headers=("公告日", "更新日期"), column="published_on"),
    headers={
        "application_no": ("专利申请号", "专利号"),
        "kind": ("类型",),
        "granted_on": ("授权日", "授权日期", "授权时间"),
        "published_on": ("公开日期",),
        "filed_on": ("申请日期", "申请时间"),
    },
    checks=(
        Check(
            code="grant-before-filing",
            message="授权公告日早于申请日",
            columns=("granted_on", "filed_on"),
            holds=lambda rows: ~(rows["granted_on"] < rows["filed_on"]),
        ),
        Check(
            code="publication-before-filing",
            message="公开日早于申请日",
            columns=("published_on", "filed_on"),
            holds=lambda rows: ~(rows["published_on"] < rows["filed_on"]),
        ),
    ),
    doubts=(
        Doubt(
            code="event-before-filing",
            message="申请日晚于《专利法律状态》所载的法律状态日",
            among=(patent_event.name,),
            odd=_after_event,
        ),
        Doubt(
            code="patent-end-untold",
            message="《专利法律状态》载明已终止、无效或转出，本清单没有失效日",
            among=(patent_event.name,),
            odd=_untold_ends,
        ),
        Doubt(
            code="patent-told-differently",
            message="不同企业名下同一申请号的专利类型或申请日不一致",
            among=(patent.name,),
            odd=differing("application_no", of=("kind", "filed_on")),
            across=True,
        ),
    ),
)
