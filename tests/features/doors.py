"""How does a text table become evidence, and do both doors give one answer?"""

from typing import Any

import numpy as np
import pandas as pd

from data.spec.table import Kind, Table
from data.spec.tables import TABLES
from features import definition, engine
from features.catalogue import FEATURES
from features.spec import Feature

DATES = ("happened_on", "ended_on", "known_on")


def evidence(table: Table, text: str) -> pd.DataFrame:
    """Read a text table: `-` is blank; happened_on and ended_on come from the columns the table names.

    `firm` is the enterprise; `known` the day it was known; `key` the record key; `loan` the origin;
    `gone` marks a withdrawn version. The row's place in the text is its file row.
    """
    head, *lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    drawn = pd.DataFrame(lines, columns=head, dtype="object").replace("-", None)
    frame = pd.DataFrame({"enterprise_id": drawn["firm"].astype("int64")})
    frame["record_key"] = (drawn["key"] if "key" in drawn else drawn.index.astype(str)).astype("str")
    for name, column in table.columns.items():
        cells = drawn[name] if name in drawn else pd.Series([None] * len(drawn), dtype="object")
        frame[name] = _typed(column.kind, cells)
    frame["happened_on"] = frame[table.happened]
    frame["ended_on"] = frame[table.ended] if table.ended else pd.Series(pd.NaT, index=frame.index)
    frame["known_on"] = drawn["known"] if "known" in drawn else frame["happened_on"]
    for name in DATES:
        frame[name] = frame[name].astype("datetime64[s]")
    frame["recorded_at"] = pd.Timestamp("2026-01-01").as_unit("us")
    frame["batch_id"] = pd.Series(["batch"] * len(frame), dtype="str")
    frame["file_row"] = np.arange(len(frame)) + 2
    frame["origin_loan"] = drawn["loan"] if "loan" in drawn else pd.Series([None] * len(frame), dtype="object")
    frame["withdrawn"] = drawn["gone"].eq("yes") if "gone" in drawn else False
    return frame


def _typed(kind: Kind, cells: "pd.Series[Any]") -> "pd.Series[Any]":
    if kind in (Kind.DATE, Kind.YEAR):
        return cells.astype("datetime64[s]")
    if kind in (Kind.TEXT, Kind.CODE, Kind.USCC):
        return cells.astype("str")
    return cells.astype("float64")


def spine(*rows: tuple[int, str] | tuple[int, str, str]) -> pd.DataFrame:
    """Ask about (firm, day) or (firm, day, own loan)."""
    return pd.DataFrame(
        {
            "enterprise_id": pd.array([row[0] for row in rows], dtype="int64"),
            "as_of": pd.Series([row[1] for row in rows], dtype="datetime64[s]"),
            "own_loan": pd.Series([row[2] if len(row) > 2 else None for row in rows], dtype="object"),
        }
    )


def answers(feature: str | Feature, tables: dict[str, str], asked: pd.DataFrame) -> list[float | None]:
    """Return a feature's values through both doors, which must agree; None where unknown."""
    found = FEATURES[feature] if isinstance(feature, str) else feature
    events = {name: evidence(TABLES[name], tables.get(name, HEADS)) for name in found.tables}
    live = engine.compute([found], events, asked)
    pd.testing.assert_frame_equal(live, definition.compute([found], events, asked), check_exact=True)
    return [None if np.isnan(value) else float(value) for value in live[found.name]]


HEADS = "firm"
"""A text table without rows."""
