"""Which versions stand where batches were taken back, and what must be said again so that they do?

Nothing is deleted: from the day on which a batch is taken back, each of its records gets a version that
withdraws it, and after that the versions that stood without the batch are said again, with that day as their
`known_on` and `Basis.RESTATED` as its basis. Whoever asks as of an earlier day, or as recorded before, is
answered as before. Pure.
"""

from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import pandas as pd

from data.spec.table import NO_LOAN, Basis, Table
from data.spec.versions import OWN_LOAN_DAYS, VERSION_ORDER

BEYOND_FILES = 10_000_000
"""No file has so many rows."""

RECORD = ["enterprise_id", "record_key"]
Void = Callable[[date], frozenset[str]]
"""Names the batches that do not count on a day."""


def standing(versions: pd.DataFrame, void: frozenset[str]) -> pd.DataFrame:
    """Leave out what batches that do not count brought, and what was only said again."""
    return versions[(versions["known_basis"] != Basis.RESTATED) & ~versions["batch_id"].isin(void)]


def take_back(table: Table, brought: pd.DataFrame, versions: pd.DataFrame, *, day: date, void: Void) -> pd.DataFrame:
    """Return the rows that make the records of a batch stand as if it had not been, from `day` on.

    Shapes: brought are the batch's rows, versions every version of their records; frames as `read_events` gives
        them. The answer has their columns, ordered and numbered by file_row; its batch_id is still to be given.
    """
    asked = _days(brought, day)
    last = brought.sort_values(list(VERSION_ORDER), kind="stable").drop_duplicates(RECORD, keep="last")
    withdrawn = asked.merge(last, on=RECORD).assign(withdrawn=True, origin_loan=NO_LOAN, standing_place=-1)
    said = [withdrawn, *(_stack(table, part, versions, void(_day(at))) for at, part in asked.groupby("restated_on"))]
    rows = pd.concat(said, ignore_index=True).sort_values([*RECORD, "restated_on", "standing_place"], kind="stable")
    rows = rows.assign(
        known_on=rows["restated_on"], known_basis=str(Basis.RESTATED), file_row=np.arange(1, len(rows) + 1)
    )
    return rows[brought.columns].reset_index(drop=True)


def _days(brought: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return on which days the batch must be taken back: the day itself, and each later one that it speaks for."""
    now = brought[RECORD].drop_duplicates().assign(restated_on=pd.Timestamp(day).as_unit("s"))
    later = brought.loc[brought["known_on"] > pd.Timestamp(day), [*RECORD, "known_on"]].drop_duplicates()
    return pd.concat([now, later.rename(columns={"known_on": "restated_on"})], ignore_index=True)


def _stack(table: Table, asked: pd.DataFrame, versions: pd.DataFrame, void: frozenset[str]) -> pd.DataFrame:
    """Return, in order, the versions that stand on the days asked for, from the last that everyone may see."""
    known = asked.merge(standing(versions, void).sort_values(list(VERSION_ORDER), kind="stable"), on=RECORD)
    known = known[known["known_on"] <= known["restated_on"]].reset_index(drop=True)
    known["origin_loan"] = _origins(table, known)
    known["standing_place"] = known.groupby(RECORD).cumcount()
    open_to_all = known[known["origin_loan"].isna() if not table.from_loan else known["origin_loan"] == NO_LOAN]
    floor = open_to_all.groupby(RECORD)["standing_place"].max().rename("floor")
    bounded = known.merge(floor, left_on=RECORD, right_index=True, how="left")
    return known[(known["standing_place"] >= bounded["floor"].fillna(0)).to_numpy()]


def _origins(table: Table, known: pd.DataFrame) -> "pd.Series[str]":
    """Keep the loan a row comes from; one of unknown origin that is settled by now comes from none that is judged.

    A row of unknown origin that is still fresh waits again: it may be the judged loan's, so it is rather hidden
    for too long than shown too soon.
    """
    origin = known["origin_loan"]
    if not table.from_loan:
        return origin
    fresh = known[["known_on", "happened_on"]].max(axis=1) + np.timedelta64(OWN_LOAN_DAYS, "D") > known["restated_on"]
    return origin.where(origin.notna() | fresh, NO_LOAN)


def say_again(table: Table, rows: pd.DataFrame, versions: pd.DataFrame, *, void: Void) -> pd.DataFrame:
    """Return what new rows must say again because their records were taken back on a later day than theirs.

    Shapes: rows are about to be recorded, with the columns of versions; versions every version of their records,
        recorded before. The answer are rows of the same batch and file rows.
    """
    restated = versions.loc[versions["known_basis"] == Basis.RESTATED, [*RECORD, "known_on"]].drop_duplicates()
    asked = restated.rename(columns={"known_on": "restated_on"}).merge(rows[[*RECORD]].drop_duplicates(), on=RECORD)
    if asked.empty:
        return rows.iloc[:0]
    both = pd.concat([versions[rows.columns], rows], ignore_index=True)
    return pd.concat(_lasting(table, asked, rows, both, void), ignore_index=True)[rows.columns]


def _lasting(
    table: Table, asked: pd.DataFrame, rows: pd.DataFrame, both: pd.DataFrame, void: Void
) -> Iterator[pd.DataFrame]:
    yield rows.iloc[:0]
    own = rows["batch_id"].iloc[0]
    for at, part in asked.groupby("restated_on"):
        stack = _stack(table, part, both, void(_day(at)))
        # What stands before the first new version was said on this day already.
        new = stack["batch_id"].eq(own).groupby([stack[name] for name in RECORD]).cummax()
        said = stack[new]
        alone = ~said.duplicated(RECORD, keep=False)
        said = said[~alone | (said["known_on"] < said["restated_on"])]
        # Several versions of a record keep their order by numbers that no row of a file has.
        beyond = (said["standing_place"] + 1) * BEYOND_FILES + said["file_row"]
        yield said.assign(
            known_on=said["restated_on"],
            known_basis=str(Basis.RESTATED),
            batch_id=own,
            file_row=said["file_row"].where(alone[said.index], beyond),
        )


def _day(at: object) -> date:
    return pd.Timestamp(str(at)).date()
