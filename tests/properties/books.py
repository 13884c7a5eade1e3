"""Which made-up evidence reaches every feature of the catalogue, with days on the edges of its windows?

Each table of the catalogue gets rows of its own kinds: few keys and so many versions, days on window edges,
leap days and month ends, withdrawn and re-entered records, blanks, rows of a loan.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from data.spec.table import Column, Kind, Table
from features.catalogue import FEATURES
from features.definition import less
from features.spec import Aggregate

AS_OF = tuple(
    date.fromisoformat(day)
    for day in ("2024-02-29", "2023-02-28", "2024-03-31", "2024-05-30", "2025-01-01", "2024-12-31")
)
LOAN = "loan-1"
EARLIER, LATER = pd.Timestamp("2026-01-01").as_unit("us"), pd.Timestamp("2026-03-01").as_unit("us")
"""When the first lists were recorded, and when those that arrived late."""

LISTS: tuple[Table, ...] = tuple(
    {
        each.declaration.table.name: each.declaration.table
        for feature in FEATURES.values()
        for each in feature.aggregates
        if isinstance(each.declaration, Aggregate)
    }.values()
)
WINDOWS = tuple(
    {
        each.declaration.window
        for feature in FEATURES.values()
        for each in feature.aggregates
        if isinstance(each.declaration, Aggregate) and each.declaration.window is not None
    }
)
EDGES = sorted(
    {
        edge + timedelta(days=step)
        for day in AS_OF
        for edge in (day, day - timedelta(days=60), *(less(day, window) for window in WINDOWS))
        for step in (-1, 0, 1)
    }
)
DAY = "datetime64[s]"
DTYPES = {Kind.DATE: DAY, Kind.YEAR: DAY, Kind.TEXT: "str", Kind.CODE: "str", Kind.USCC: "str"}
COMMON = {
    "enterprise_id": "int64",
    "record_key": "str",
    "happened_on": DAY,
    "ended_on": DAY,
    "known_on": DAY,
    "recorded_at": "datetime64[us]",
    "batch_id": "str",
    "origin_loan": "object",
    "withdrawn": "bool",
}
YEARS = tuple(date(year, 12, 31) for year in range(2018, 2026))


def evidence(seed: int, firms: int, rows: int = 12, tables: Sequence[Table] | None = None) -> dict[str, pd.DataFrame]:
    """Draw rows of all tables, or some, for each firm; recorded_at says which came with the lists that were late."""
    chance = random.Random(seed)
    return {table.name: _frame(table, list(_drawn(table, chance, firms, rows))) for table in tables or LISTS}


def _drawn(table: Table, chance: random.Random, firms: int, rows: int) -> Iterator[dict[str, Any]]:
    for firm in range(firms):
        for _ in range(rows if chance.random() < 0.8 else 0):  # Some firms are unknown to a source.
            yield _row(table, chance) | {"enterprise_id": firm}


def _row(table: Table, chance: random.Random) -> dict[str, Any]:
    cells = {name: _cell(column, chance) for name, column in table.columns.items()}
    happened = chance.choice(YEARS) if table.columns[table.happened].kind is Kind.YEAR else chance.choice(EDGES)
    cells[table.happened] = happened
    ended = cells[table.ended] if table.ended else None
    return cells | {
        "record_key": chance.choice(("k1", "k2", "k3", "k4", "k5")),
        "happened_on": happened,
        "ended_on": ended,
        "known_on": chance.choice(EDGES) if chance.random() < 0.4 else min(happened, max(AS_OF)),
        "recorded_at": chance.choice((EARLIER, EARLIER, LATER)),
        "batch_id": chance.choice(("b1", "b2")),
        "origin_loan": chance.choice((None, None, "loan-2", LOAN)),
        "withdrawn": chance.random() < 0.08,
    }


def _cell(column: Column, chance: random.Random) -> Any:
    if not column.required and chance.random() < (0.5 if column.kind is Kind.DATE else 0.2):
        return None
    draw = {
        Kind.TEXT: lambda: chance.choice(("x", "y", "z")),
        Kind.USCC: lambda: chance.choice(("x", "y", "z")),
        Kind.CODE: lambda: chance.choice(tuple(column.choices)),
        Kind.DATE: lambda: chance.choice(EDGES),
        Kind.YEAR: lambda: chance.choice(YEARS),
        Kind.INTEGER: lambda: float(chance.choice((0, 1, 2, 7, 120))),
        Kind.NUMBER: lambda: chance.choice((0.1, 1 / 3, 0.7, 2.5)),
        Kind.MONEY: lambda: chance.choice((0.1, 0.2, -0.3, -12.0, 12.34, 5_000.0, 800.0, 1e9)),
        Kind.FLAG: lambda: float(chance.random() < 0.5),
    }
    return draw[column.kind]()


def _frame(table: Table, drawn: list[dict[str, Any]]) -> pd.DataFrame:
    """Lay rows out with the dtypes of the store; the row's place is its file row."""
    dtypes = COMMON | {name: DTYPES.get(column.kind, "float64") for name, column in table.columns.items()}
    columns = {name: _typed([row[name] for row in drawn], dtype) for name, dtype in dtypes.items()}
    return pd.DataFrame(columns).assign(file_row=range(1, len(drawn) + 1))


def _typed(values: list[Any], dtype: str) -> "pd.Series[Any]":
    if dtype == DAY:
        values = [pd.NaT if value is None else pd.Timestamp(value) for value in values]
    return pd.Series(values, dtype=dtype)


def questions(seed: int, firms: int, each: int = 2) -> list[dict[str, Any]]:
    """Draw questions about each firm, half of them for a loan of its own."""
    chance = random.Random(seed)
    return [
        {"enterprise_id": firm, "as_of": chance.choice(AS_OF), "own_loan": chance.choice((None, LOAN, ""))}
        for firm in range(firms)
        for _ in range(each)
    ]


def spine(asked: list[dict[str, Any]]) -> pd.DataFrame:
    """Lay questions out as a spine."""
    return pd.DataFrame(
        {
            "enterprise_id": pd.array([each["enterprise_id"] for each in asked], dtype="int64"),
            "as_of": pd.Series([pd.Timestamp(each["as_of"]) for each in asked], dtype=DAY),
            "own_loan": pd.Series([each["own_loan"] for each in asked], dtype="object"),
        }
    )


def kept(events: dict[str, pd.DataFrame], decide: Callable[[str, pd.DataFrame], Any]) -> dict[str, pd.DataFrame]:
    """Keep the rows of each table for which `decide` says so."""
    return {name: frame[decide(name, frame)] for name, frame in events.items()}
