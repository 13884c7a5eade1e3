"""Where does each enterprise stand among those that guarantee each other's debts (担保圈), and since when?

It also tells how near each stands to firms in distress: those with a dishonesty listing, an enforcement or a
serious violation in force, all of them published.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data.spec.tables.derived import guarantee_graph as TABLE
from data.spec.versions import VERSION_ORDER
from features.sight import spread
from features.tables.rows import Recorded, lay_out
from features.windows import NEVER, UNDATED, Ints, to_days

COUNTS = ("given", "received", "partners", "ring_size", "distressed_partners", "distressed_nearby")
AMOUNTS = ("guaranteed_amount", "distressed_amount")
MEASURES = (*COUNTS, *AMOUNTS)
DISTRESS = ("dishonesty", "enforcement", "serious_violation")
"""Kinds of conduct records that put a firm in distress while they are in force."""


@dataclass(frozen=True)
class Spans:
    """Hold for which as_of each version of a state holds and is the latest known: those in `(begun, last]`."""

    begun: Ints
    last: Ints

    def of(self, day: int) -> npt.NDArray[np.bool_]:
        """Tell which hold for the day after this one."""
        return np.asarray((self.begun <= day) & (day < self.last))


@dataclass(frozen=True)
class Edges:
    """Hold who guarantees whom, for how many fen, and for which as_of."""

    guarantor: Ints
    guaranteed: Ints
    amount: Ints
    spans: Spans


@dataclass(frozen=True)
class Distress:
    """Hold which firms are in distress, and for which as_of."""

    firm: Ints
    spans: Spans


def work_out(
    guarantees: pd.DataFrame,
    conduct: pd.DataFrame,
    enterprises: Mapping[str, int],
    *,
    until: date,
    recorded: Recorded,
) -> pd.DataFrame:
    """Return the rows of the derived table `guarantee_graph`: one an enterprise and day of change up to `until`.

    It must see the guarantees and conduct records of all enterprises, and its answer must be stored: an
    enterprise alone then equals its row in the batch. A change is known, and happens, on the day its latest
    input was known, began or was about to end; it is visible on the day after. A ring is a strongly connected
    set of two firms or more: each directly or indirectly guarantees every other. Nearness to distress knows no
    direction: a tie binds both ends.

    Shapes: guarantees and conduct records as the store gives them, all enterprises; enterprises maps
        统一社会信用代码 to the internal number, and firms that are not in it stand in the graph but get no rows.
        The result has the columns of data.spec.table.COMMON and the table's own.
    """
    edges = _edges(guarantees, enterprises)
    distress = _distress(conduct)
    firms = np.unique(np.concatenate((edges.guarantor, edges.guaranteed)))
    ours = np.isin(firms, np.fromiter(enterprises.values(), dtype=np.int64, count=len(enterprises)))
    last_day = int(to_days(np.array([until], "datetime64[s]"))[0])
    changes = list(_changes(edges, distress, firms, ours, last_day=last_day))
    return _frame(changes, recorded)


def _edges(guarantees: pd.DataFrame, enterprises: Mapping[str, int]) -> Edges:
    rows, spans = _standing(guarantees)
    guarantor, guaranteed = rows["enterprise_id"].to_numpy(dtype=np.int64), _numbered(rows["guaranteed"], enterprises)
    amount = np.rint(np.nan_to_num(rows["amount"].to_numpy(dtype=np.float64)) * 100).astype(np.int64)
    kept = guarantor != guaranteed
    return Edges(guarantor[kept], guaranteed[kept], amount[kept], Spans(spans.begun[kept], spans.last[kept]))


def _distress(conduct: pd.DataFrame) -> Distress:
    rows, spans = _standing(conduct)
    kept = rows["kind"].isin(DISTRESS).to_numpy()
    firm = rows["enterprise_id"].to_numpy(dtype=np.int64)
    return Distress(firm[kept], Spans(spans.begun[kept], spans.last[kept]))


def _standing(states: pd.DataFrame) -> tuple[pd.DataFrame, Spans]:
    """Return the versions that are ever the one seen and in force, each with its span."""
    rows = states.sort_values(["enterprise_id", "record_key", *VERSION_ORDER, "batch_id"], kind="stable")
    known, happened = to_days(rows["known_on"].to_numpy()), to_days(rows["happened_on"].to_numpy())
    ended = to_days(rows["ended_on"].to_numpy())
    owner, record = rows["enterprise_id"].to_numpy(dtype=np.int64), rows["record_key"].to_numpy(dtype=object)
    superseded = np.full(len(rows), NEVER)
    again = (owner[1:] == owner[:-1]) & (record[1:] == record[:-1])
    superseded[:-1][again] = known[1:][again]
    begun = np.maximum(known, happened)
    last = np.minimum(superseded, np.where(ended == UNDATED, NEVER, ended - 1))
    stands = ~rows["withdrawn"].to_numpy(dtype=bool) & (happened > UNDATED) & (known > UNDATED) & (begun < last)
    return rows[stands], Spans(begun[stands], last[stands])


def _numbered(codes: "pd.Series[Any]", enterprises: Mapping[str, int]) -> Ints:
    """Return each firm's internal number; firms not known get negative ones, by the order of their codes."""
    strangers = sorted({str(code) for code in codes if code not in enterprises})
    numbers = {code: -1 - place for place, code in enumerate(strangers)}
    return np.array([enterprises.get(code, numbers.get(str(code), 0)) for code in codes], dtype=np.int64)


def _changes(
    edges: Edges, distress: Distress, firms: Ints, ours: npt.NDArray[np.bool_], *, last_day: int
) -> Iterator[tuple[int, Ints]]:
    """Yield each day of change with the firms it changed and their new measures, one row a firm."""
    inside = np.isin(distress.firm, firms)
    spans = (edges.spans, Spans(distress.spans.begun[inside], distress.spans.last[inside]))
    days = np.unique(np.concatenate([day for each in spans for day in (each.begun, each.last)]))
    before = np.zeros((len(firms), len(MEASURES)), np.int64)
    for day in days[days <= last_day]:
        now = _measures(edges, edges.spans.of(day), distress.firm[distress.spans.of(day)], firms)
        moved = np.flatnonzero((now != before).any(axis=1) & ours)
        yield int(day), np.column_stack((firms[moved], now[moved]))
        before = now


def _measures(edges: Edges, held: npt.NDArray[np.bool_], distressed: Ints, firms: Ints) -> Ints:
    """Return one row of MEASURES a firm, by the edges held and the firms in distress."""
    size = len(firms)
    giver, taker = np.searchsorted(firms, edges.guarantor[held]), np.searchsorted(firms, edges.guaranteed[held])
    ties = np.unique(np.concatenate((giver * size + taker, taker * size + giver)))
    graph = coo_array((np.ones(len(giver), np.int8), (giver, taker)), shape=(size, size))
    component = connected_components(graph, directed=True, connection="strong")[1]
    ring = np.bincount(component)[component]
    bad = np.isin(firms, distressed)
    amount, at_risk = np.zeros(size, np.int64), np.zeros(size, np.int64)
    np.add.at(amount, giver, edges.amount[held])
    np.add.at(at_risk, giver, edges.amount[held] * bad[taker])
    counts = (np.bincount(giver, minlength=size), np.bincount(taker, minlength=size))
    near = _near(ties // size, ties % size, bad)
    partners = np.bincount(ties // size, minlength=size)
    return np.column_stack((*counts, partners, np.where(ring > 1, ring, 0), *near, amount, at_risk))


def _near(one: Ints, other: Ints, bad: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Count, for each firm, the others in distress one step away, and at most two.

    Only the steps that lead to firms in distress are followed, so that a hub does not tie all to all.

    Shapes: ties both ways, ordered by one; bad has a place for every firm.
    """
    size = len(bad)
    leads = bad[other]
    via, end = one[leads], other[leads]
    place, which = spread(np.searchsorted(one, via, "left"), np.searchsorted(one, via, "right"))
    start, reached = other[place], end[which]
    pairs = np.unique(np.concatenate((via * size + end, start * size + reached)))
    apart = pairs // size != pairs % size
    return np.bincount(via, minlength=size), np.bincount(pairs[apart] // size, minlength=size)


def _frame(changes: list[tuple[int, Ints]], recorded: Recorded) -> pd.DataFrame:
    rows = np.concatenate([table for _, table in changes]) if changes else np.zeros((0, 1 + len(MEASURES)), np.int64)
    days = np.repeat([day for day, _ in changes], [len(table) for _, table in changes]).astype(np.int64)
    numbers = {
        name: rows[:, place] / (100.0 if name in AMOUNTS else 1.0) for place, name in enumerate(MEASURES, start=1)
    }
    return lay_out(TABLE, rows[:, 0], days, numbers, recorded)
