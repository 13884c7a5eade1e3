"""Where does each enterprise stand among those that guarantee each other's debts (担保圈), and since when?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data.spec.access import BUREAU
from data.spec.table import Basis
from data.spec.tables.derived import guarantee_graph as TABLE
from data.spec.versions import VERSION_ORDER
from features.windows import EPOCH, NEVER, Ints, to_days

MEASURES = ("given", "received", "partners", "ring_size", "guaranteed_amount")


@dataclass(frozen=True)
class Edges:
    """Hold who guarantees whom, for how many fen, and for which as_of: those in `(begun, last]`."""

    guarantor: Ints
    guaranteed: Ints
    amount: Ints
    begun: Ints
    last: Ints

    def __getitem__(self, kept: npt.NDArray[Any]) -> "Edges":
        return Edges(self.guarantor[kept], self.guaranteed[kept], self.amount[kept], self.begun[kept], self.last[kept])


def work_out(
    guarantees: pd.DataFrame,
    enterprises: Mapping[str, int],
    *,
    until: date,
    recorded_at: datetime,
    batch_id: str,
) -> pd.DataFrame:
    """Return the rows of the derived table `guarantee_graph`: one an enterprise and day of change up to `until`.

    It must see the guarantees of all enterprises, and its answer must be stored: an enterprise alone then
    equals its row in the batch. A change is known, and happens, on the day its latest input was known, began
    or was about to end; it is visible on the day after. A ring is a strongly connected set of two firms or
    more: each directly or indirectly guarantees every other.

    Shapes: guarantees as the store gives them, all enterprises; enterprises maps 统一社会信用代码 to the
        internal number, and firms that are not in it stand in the graph but get no rows. The result has the
        columns of data.spec.table.COMMON and the table's own; recorded_at is naive UTC.
    """
    edges = _edges(guarantees, enterprises)
    firms = np.unique(np.concatenate((edges.guarantor, edges.guaranteed)))
    ours = np.isin(firms, np.fromiter(enterprises.values(), dtype=np.int64, count=len(enterprises)))
    changes = list(_changes(edges, firms, ours, last_day=int(to_days(np.array([until], "datetime64[s]"))[0])))
    return _frame(changes, recorded_at=recorded_at, batch_id=batch_id)


def _edges(guarantees: pd.DataFrame, enterprises: Mapping[str, int]) -> Edges:
    rows = guarantees.sort_values(["enterprise_id", "record_key", *VERSION_ORDER, "batch_id"], kind="stable")
    known, happened = to_days(rows["known_on"].to_numpy()), to_days(rows["happened_on"].to_numpy())
    ended = to_days(rows["ended_on"].to_numpy())
    owner, record = rows["enterprise_id"].to_numpy(dtype=np.int64), rows["record_key"].to_numpy(dtype=object)
    superseded = np.full(len(rows), NEVER)
    again = (owner[1:] == owner[:-1]) & (record[1:] == record[:-1])
    superseded[:-1][again] = known[1:][again]
    edges = Edges(
        guarantor=owner,
        guaranteed=_numbered(rows["guaranteed"], enterprises),
        amount=np.rint(np.nan_to_num(rows["amount"].to_numpy(dtype=np.float64)) * 100).astype(np.int64),
        begun=np.maximum(known, happened),
        last=np.minimum(superseded, np.where(ended == 0, NEVER, ended - 1)),
    )
    stands = ~rows["withdrawn"].to_numpy(dtype=bool) & (happened > 0) & (known > 0) & (edges.begun < edges.last)
    return edges[stands & (edges.guarantor != edges.guaranteed)]


def _numbered(codes: "pd.Series[Any]", enterprises: Mapping[str, int]) -> Ints:
    """Return each firm's internal number; firms not known get negative ones, by the order of their codes."""
    strangers = sorted({str(code) for code in codes if code not in enterprises})
    numbers = {code: -1 - place for place, code in enumerate(strangers)}
    return np.array([enterprises.get(code, numbers.get(str(code), 0)) for code in codes], dtype=np.int64)


def _changes(edges: Edges, firms: Ints, ours: npt.NDArray[np.bool_], *, last_day: int) -> Iterator[tuple[int, Ints]]:
    """Yield each day of change with the firms it changed and their new measures, one row a firm."""
    days = np.unique(np.concatenate((edges.begun, edges.last)))
    before = np.zeros((len(firms), len(MEASURES)), np.int64)
    for day in days[days <= last_day]:
        now = _measures(edges[(edges.begun <= day) & (day < edges.last)], firms)
        moved = np.flatnonzero((now != before).any(axis=1) & ours)
        yield int(day), np.column_stack((firms[moved], now[moved]))
        before = now


def _measures(edges: Edges, firms: Ints) -> Ints:
    size = len(firms)
    giver, taker = np.searchsorted(firms, edges.guarantor), np.searchsorted(firms, edges.guaranteed)
    ties = np.unique(np.concatenate((giver * size + taker, taker * size + giver)))
    graph = coo_array((np.ones(len(giver), np.int8), (giver, taker)), shape=(size, size))
    component = connected_components(graph, directed=True, connection="strong")[1]
    ring = np.bincount(component)[component]
    amount = np.zeros(size, np.int64)
    np.add.at(amount, giver, edges.amount)
    counts = (np.bincount(giver, minlength=size), np.bincount(taker, minlength=size))
    return np.column_stack((*counts, np.bincount(ties // size, minlength=size), np.where(ring > 1, ring, 0), amount))


def _frame(changes: list[tuple[int, Ints]], *, recorded_at: datetime, batch_id: str) -> pd.DataFrame:
    rows = np.concatenate([table for _, table in changes]) if changes else np.zeros((0, 1 + len(MEASURES)), np.int64)
    day = np.repeat([day for day, _ in changes], [len(table) for _, table in changes]).astype(np.int64)
    dates = (day - EPOCH).astype("datetime64[D]").astype("datetime64[s]")
    count = len(rows)
    frame = pd.DataFrame(
        {
            "enterprise_id": rows[:, 0],
            "record_key": pd.Series(np.datetime_as_string(dates, unit="D") if count else [], dtype="str"),
            "happened_on": dates,
            "ended_on": np.full(count, np.datetime64("NaT"), "datetime64[s]"),
            "known_on": dates,
            "known_basis": pd.Series([str(Basis.ASSUMED)] * count, dtype="str"),
            "recorded_at": np.full(count, np.datetime64(recorded_at, "us")),
            "batch_id": pd.Series([batch_id] * count, dtype="str"),
            "file_row": np.arange(1, count + 1),
            "owner": pd.Series([BUREAU] * count, dtype="str"),
            "origin_loan": pd.Series([None] * count, dtype="object"),
            "withdrawn": np.zeros(count, bool),
            TABLE.happened: dates,
        }
    )
    for place, name in enumerate(MEASURES, start=1):
        frame[name] = rows[:, place].astype(np.float64) / (100 if name == "guaranteed_amount" else 1)
    return frame
