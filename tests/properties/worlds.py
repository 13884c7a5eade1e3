"""Which small worlds are hard for a point-in-time engine? Dates on window edges, few keys, every reduce."""

import random
from datetime import date, timedelta
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from data.spec.table import Absence, Column, Group, Kind, Table, Unit
from features.definition import less
from features.spec import (
    COLUMNLESS,
    After,
    Aggregate,
    AtLeast,
    Below,
    Card,
    Derived,
    Feature,
    FeatureGroup,
    Filled,
    NotAfter,
    Reduce,
)
from features.windows import Window

COLUMNS = {
    "day": Column(label="日期", kind=Kind.DATE, required=True),
    "until": Column(label="止", kind=Kind.DATE),
    "kind": Column(label="类别", kind=Kind.CODE, choices={"a": "甲", "b": "乙"}),
    "partner": Column(label="对方", kind=Kind.TEXT),
    "amount": Column(label="金额", kind=Kind.MONEY, unit=Unit.YUAN),
    "rate": Column(label="比率", kind=Kind.NUMBER, unit=Unit.RATIO),
    "people": Column(label="人数", kind=Kind.INTEGER, unit=Unit.PERSON),
}
FLOWS = Table(
    name="flows", label="流水", group=Group.OPERATIONS, columns=COLUMNS, key=("partner",), happened="day",
    absence=Absence.ZERO,
)  # fmt: skip
REPORTS = Table(
    name="reports", label="报表", group=Group.OPERATIONS, columns=COLUMNS, key=("partner",), happened="day",
)  # fmt: skip
STATES = Table(
    name="states", label="状态", group=Group.CONDUCT, columns=COLUMNS, key=("partner",), happened="day", ended="until",
    absence=Absence.ZERO, from_loan=True,
)  # fmt: skip
TABLES = (FLOWS, REPORTS, STATES)

WINDOWS = (Window(1, "months"), Window(1, "years"), Window(90, "days"), Window(2, "quarters"))
AS_OF = tuple(date.fromisoformat(day) for day in ("2024-02-29", "2024-03-31", "2023-02-28", "2024-05-30", "2024-03-01"))
EDGES = sorted(
    {edge + timedelta(days=step) for day in AS_OF for edge in (day, *(less(day, each) for each in WINDOWS))
     for step in (-1, 0, 1)}
    | {day - timedelta(days=60 + step) for day in AS_OF for step in (-1, 0, 1)}
)  # fmt: skip
LOANS = ("loan-1", "loan-2")


def _aggregate(table: Table, reduce: Reduce, **said: Any) -> Aggregate:
    return Aggregate(label="量", label_en="a", unit=Unit.ITEM, reason="试验", table=table, reduce=reduce, **said)


def _declarations() -> dict[str, Aggregate | Derived]:
    made: dict[str, Aggregate | Derived] = {}
    for table in TABLES:
        for place, reduce in enumerate(Reduce):
            column = None if reduce in COLUMNLESS else "partner" if reduce is Reduce.DISTINCT else "amount"
            said: dict[str, Any] = {"column": column, "by": "partner" if reduce is Reduce.TOP_SHARE else None}
            window = WINDOWS[place % len(WINDOWS)]
            made[f"{table.name}_{reduce}_{window.suffix}"] = _aggregate(table, reduce, window=window, **said)
            if table is not FLOWS:
                made[f"{table.name}_{reduce}_ever"] = _aggregate(table, reduce, where={"kind": "a"}, **said)
    for window in WINDOWS:
        made[f"flows_n_{window.suffix}"] = _aggregate(FLOWS, Reduce.COUNT, window=window, empty=0)
        made[f"reports_n_{window.suffix}"] = _aggregate(REPORTS, Reduce.COUNT, window=window, empty=0)
    for reduce in (
        *(Reduce.COUNT, Reduce.SUM, Reduce.LATEST),
        *(Reduce.MAX, Reduce.DAYS_SINCE_FIRST, Reduce.DAYS_SINCE_SUM),
    ):
        column = "people" if reduce not in COLUMNLESS else None
        made[f"held_{reduce}"] = _aggregate(STATES, reduce, column=column, in_force=True, empty=0)
    made["negative_n"] = _aggregate(FLOWS, Reduce.COUNT, where={"amount": Below(0)}, empty=0)
    made["large_n"] = _aggregate(FLOWS, Reduce.COUNT, where={"rate": AtLeast(0.3), "kind": ("a", "b")}, empty=0)
    made["closed_n"] = _aggregate(FLOWS, Reduce.COUNT, where={"until": Filled()}, empty=0)
    made["long_n"] = _aggregate(FLOWS, Reduce.COUNT, where={"until": After("day")}, empty=0)
    made["short_n"] = _aggregate(STATES, Reduce.COUNT, where={"until": NotAfter("day")}, empty=0)
    made["open_n"] = _aggregate(FLOWS, Reduce.COUNT, where={"partner": Filled(filled=False)}, empty=0)
    made["lag_latest"] = _aggregate(FLOWS, Reduce.LATEST, column="until")
    made["level_max"] = _aggregate(FLOWS, Reduce.MAX, column="kind", levels={"a": 1, "b": 2})
    made["rate_mean"] = _aggregate(REPORTS, Reduce.MEAN, column="rate")
    made["both"] = Derived(
        label="合",
        label_en="d",
        unit=Unit.ITEM,
        reason="试验",
        formula=lambda w_negative_n, w_rate_mean: w_negative_n / w_rate_mean,
    )
    return made


FEATURES: tuple[Feature, ...] = type(
    "World",
    (FeatureGroup,),
    {"prefix": "w", "group": Group.OPERATIONS, "cards": (Card.APPLICATION,), **_declarations()},
).features  # type: ignore[attr-defined]

ROW: dict[str, tuple[Any, ...]] = {
    "table": TABLES,
    "enterprise_id": (1, 1, 2),
    "record_key": ("k1", "k2", "k3"),
    "happened_on": (*EDGES, *AS_OF * 3, *[None] * (len(EDGES) // 8)),
    "ended_on": (*EDGES, *AS_OF * 3, *[None] * len(EDGES)),
    "known_on": tuple(EDGES),
    "recorded_at": (0, 1),
    "batch_id": ("b1", "b2"),
    "origin_loan": (None, None, *LOANS),
    "withdrawn": (False, False, False, True),
    "kind": ("a", "a", "b", None),
    "partner": ("x", "y", None),
    "amount": (0.1, 0.2, -0.3, 12.34, 1e9, None),
    "rate": (0.1, 0.3, 1 / 3, None),
    "people": (1, 2, None),
}
QUESTION: dict[str, tuple[Any, ...]] = {
    "enterprise_id": (1, 1, 2, 3),
    "as_of": AS_OF,
    "own_loan": (None, None, *LOANS, ""),
}
rows = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in ROW.items()}), min_size=1, max_size=14
)
questions = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in QUESTION.items()}), min_size=1, max_size=6
)


def crowd(seed: int, enterprises: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Draw ten rows and three questions for each of many enterprises, all in one world."""
    chance = random.Random(seed)
    drawn = [
        {name: chance.choice(values) for name, values in ROW.items()} | {"enterprise_id": firm}
        for firm in range(enterprises)
        for _ in range(10)
    ]
    asked = [
        {name: chance.choice(values) for name, values in QUESTION.items()} | {"enterprise_id": firm}
        for firm in range(enterprises)
        for _ in range(3)
    ]
    return drawn, asked


def events(drawn: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    """Lay drawn rows out as the store gives them: no two versions of a record from one row of one batch."""
    said = ("enterprise_id", "record_key", "known_on", "recorded_at", "batch_id")
    drawn = list({(row["table"].name, *(row[name] for name in said)): row for row in drawn}.values())
    return {table.name: frame([row for row in drawn if row["table"] is table]) for table in TABLES}


def frame(drawn: list[dict[str, Any]]) -> pd.DataFrame:
    """Lay the rows of one table out with the dtypes of the store."""
    columns = {
        "enterprise_id": pd.array([row["enterprise_id"] for row in drawn], dtype="int64"),
        "record_key": pd.Series([row["record_key"] for row in drawn], dtype="str"),
        **{name: _dates([row[name] for row in drawn]) for name in ("happened_on", "ended_on", "known_on")},
        "recorded_at": pd.Series(
            [pd.Timestamp("2026-01-01") + timedelta(hours=row["recorded_at"]) for row in drawn], dtype="datetime64[us]"
        ),
        "batch_id": pd.Series([row["batch_id"] for row in drawn], dtype="str"),
        "file_row": pd.array([row.get("file_row", 2) for row in drawn], dtype="int64"),
        "origin_loan": pd.Series([row["origin_loan"] for row in drawn], dtype="object"),
        "withdrawn": pd.array([row["withdrawn"] for row in drawn], dtype="bool"),
        "day": _dates([row["happened_on"] for row in drawn]),
        "until": _dates([row["ended_on"] for row in drawn]),
        **{name: pd.Series([row[name] for row in drawn], dtype="str") for name in ("kind", "partner")},
        **{name: pd.Series([row[name] for row in drawn], dtype="float64") for name in ("amount", "rate", "people")},
    }
    return pd.DataFrame(columns)


def spine(drawn: list[dict[str, Any]]) -> pd.DataFrame:
    """Lay questions out as a spine with an index of its own."""
    return pd.DataFrame(
        {
            "enterprise_id": pd.array([each["enterprise_id"] for each in drawn], dtype="int64"),
            "as_of": _dates([each["as_of"] for each in drawn]).to_numpy(),
            "own_loan": pd.Series([each["own_loan"] for each in drawn], dtype="object").to_numpy(),
        },
        index=[f"q{place}" for place in range(len(drawn))],
    )


def _dates(values: list[date | None]) -> "pd.Series[Any]":
    return pd.Series([pd.NaT if value is None else pd.Timestamp(value) for value in values], dtype="datetime64[s]")
