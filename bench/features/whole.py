"""How many spine rows a second does the whole library take, and how much memory for a million of them?

Measured in a process of its own, whose peak is the operating system's count.
"""

import json
import resource
import subprocess
import sys
import time

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.spec.table import Column, Kind, Table
from data.spec.tables import TABLES
from data.store.frames import DAY, dtypes
from features.catalogue import FEATURES
from features.engine import compute_by_chunk

ENTERPRISES = 100_000
EVENTS = 2_000_000
DAYS = 10
GIGABYTE = 1024**2
"""The operating system counts in kilobytes."""


def measure_whole() -> dict[str, float]:
    """Return rows_per_second, peak_gb, events_gb and spine_rows."""
    print("整个指标库，一百万行", file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, "-c", "from bench.features.whole import main; main()"], check=True, stdout=subprocess.PIPE
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main() -> None:
    """Work out every feature chunk by chunk and print the figures as JSON."""
    features = tuple(FEATURES.values())
    tables = sorted({name for feature in features for name in feature.tables})
    events = {name: made_up(TABLES[name], EVENTS // len(tables), seed) for seed, name in enumerate(tables)}
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    firms = np.repeat(np.arange(1, ENTERPRISES + 1), DAYS)
    quarters = pd.date_range("2022-10-01", periods=DAYS, freq="QS").as_unit("s")
    spine = pd.DataFrame({"enterprise_id": firms, "as_of": np.tile(quarters.to_numpy(), ENTERPRISES), "own_loan": ""})
    started = time.perf_counter()
    rows = sum(len(piece) for piece in compute_by_chunk(features, events, spine))
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = {
        "rows_per_second": rows / seconds,
        "peak_gb": peak / GIGABYTE,
        "events_gb": held / GIGABYTE,
        "spine_rows": rows,
        "features": len(features),
    }
    print(json.dumps(told))


def made_up(table: Table, rows: int, seed: int) -> pd.DataFrame:
    """Return made-up rows of any table, one in twenty a later version of a record before it."""
    draw = np.random.default_rng(seed)
    fresh = rows - rows // 20
    record = np.concatenate([np.arange(fresh), draw.choice(fresh, rows - fresh, replace=False)])
    happened = (np.datetime64("2019-01-01") + draw.integers(0, 2200, fresh))[record]
    known = happened + draw.integers(1, 200, rows)
    columns: dict[str, object] = {name: _own(draw, column, rows) for name, column in table.columns.items()}
    columns |= {
        "enterprise_id": draw.integers(1, ENTERPRISES + 1, fresh)[record],
        "record_key": np.char.add("r", record.astype(str)).astype(object),
        "happened_on": happened.astype(DAY),
        "ended_on": np.where(draw.random(rows) < 0.5, happened + 500, np.datetime64("NaT")).astype(DAY),
        "known_on": known.astype(DAY),
        "known_basis": "announced",
        "recorded_at": known.astype("datetime64[us]"),
        "batch_id": "batch",
        "file_row": np.arange(rows),
        "owner": "bureau",
        "origin_loan": None,
        "withdrawn": draw.random(rows) < 0.01,
    }
    wanted = dtypes(table)
    return pd.DataFrame({name: columns[name] for name in wanted}).astype(wanted)


def _own(draw: np.random.Generator, column: Column, rows: int) -> npt.NDArray[np.generic]:
    if column.choices:
        return draw.choice(np.array(list(column.choices), object), rows)
    if column.kind in (Kind.DATE, Kind.YEAR):
        return (np.datetime64("2019-01-01") + draw.integers(0, 2200, rows)).astype(DAY)
    if column.kind is Kind.FLAG:
        return (draw.random(rows) < 0.3).astype(np.float64)
    if column.kind in (Kind.INTEGER, Kind.NUMBER, Kind.MONEY):
        return np.round(draw.lognormal(8, 1, rows))
    return np.array([f"t{number}" for number in range(500)], object)[draw.integers(0, 500, rows)]
