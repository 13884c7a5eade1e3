"""How fast are features worked out, against hand-written DuckDB SQL and Polars that give the same values?

Three measurements: eight representative features on 100,000 enterprises, 2 million events and 300,000 spine rows by
this engine, DuckDB and Polars in turns; the whole library on spine rows by the chunk, with its peak memory;
and one enterprise online, its evidence read from the store.
"""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl

from bench.features.online import online_p50_ms
from bench.features.peers import DUCKDB_SQL, EIGHT, polars_features
from bench.features.whole import measure_whole
from features.engine import compute

ENTERPRISES = 100_000
INVOICES = 1_700_000
LISTINGS = 300_000
DAYS = pd.to_datetime(["2023-07-01", "2024-03-15", "2025-01-01"]).as_unit("s")
REPEATS = 3
AGREEMENT = 1e-9

Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Racer:
    """Be one way to work the eight features out."""

    label: str
    run: Callable[[], pd.DataFrame]


def run() -> dict[str, float]:
    """Print a table of seconds and return the ratios."""
    # A process inherits the peak of the one it comes from, so the one that is measured comes first.
    whole, online = measure_whole(), online_p50_ms()
    events, spine = made_up_events(), made_up_spine()
    best = _race(_racers(events, spine))
    _print(best, whole, online)
    ours = best["本项目"]
    return {
        "enterprises": ENTERPRISES,
        "events": INVOICES + LISTINGS,
        "spine_rows": len(spine),
        "ours_seconds": round(ours, 3),
        "vs_duckdb": round(ours / best["DuckDB（同一数据框）"], 3),
        "vs_duckdb_native": round(ours / best["DuckDB（自有表）"], 3),
        "vs_polars": round(ours / best["Polars"], 3),
        "rows_per_second": round(whole["rows_per_second"]),
        "peak_gb": round(whole["peak_gb"], 3),
        "whole_spine_rows": round(whole["spine_rows"]),
        "online_p50_ms": round(online, 2),
    }


def made_up_events() -> Frames:
    """Return invoices and conduct records, one in twenty corrected later and some withdrawn."""
    return {"invoice": _invoices(np.random.default_rng(1)), "conduct_record": _listings(np.random.default_rng(2))}


def made_up_spine() -> pd.DataFrame:
    """Return every enterprise on each of the days."""
    firms = np.repeat(np.arange(1, ENTERPRISES + 1), len(DAYS))
    return pd.DataFrame({"enterprise_id": firms, "as_of": np.tile(DAYS.to_numpy(), ENTERPRISES)})


def _common(draw: np.random.Generator, rows: int) -> dict[str, npt.NDArray[np.generic]]:
    """Return the common columns: the last twentieth of the rows are later versions of records before them."""
    fresh = rows - rows // 20
    record = np.concatenate([np.arange(fresh), draw.choice(fresh, rows - fresh, replace=False)])
    firm = draw.integers(1, ENTERPRISES + 1, fresh)[record]
    happened = (np.datetime64("2019-01-01") + draw.integers(0, 2200, fresh))[record]
    known = happened + draw.integers(1, 60, rows)
    known[fresh:] += draw.integers(1, 400, rows - fresh)
    return {
        "enterprise_id": firm,
        "record_key": np.char.add("r", record.astype(str)).astype(object),
        "happened_on": happened.astype("datetime64[s]"),
        "known_on": known.astype("datetime64[s]"),
        "recorded_at": known.astype("datetime64[us]"),
        "file_row": np.arange(rows),
        "withdrawn": (np.arange(rows) >= fresh) & (draw.random(rows) < 0.2),
        "record": record,
    }


def _invoices(draw: np.random.Generator) -> pd.DataFrame:
    common = _common(draw, INVOICES)
    record = common.pop("record")
    fresh = INVOICES - INVOICES // 20
    frame = pd.DataFrame(common)
    frame["ended_on"] = np.datetime64("NaT", "s")
    frame["direction"] = draw.choice(np.array(["sale", "purchase"], object), fresh, p=[0.7, 0.3])[record]
    frame["status"] = draw.choice(np.array(["valid", "void"], object), fresh, p=[0.95, 0.05])[record]
    frame["counterparty"] = np.char.add("c", draw.integers(0, 60, fresh).astype(str)).astype(object)[record]
    frame["total"] = np.round(draw.lognormal(9, 1.2, INVOICES), 2)
    return _finished(frame)


def _listings(draw: np.random.Generator) -> pd.DataFrame:
    common = _common(draw, LISTINGS)
    record = common.pop("record")
    fresh = LISTINGS - LISTINGS // 20
    frame = pd.DataFrame(common)
    ended = frame["happened_on"] + pd.to_timedelta(draw.integers(30, 900, fresh)[record], unit="D")
    frame["ended_on"] = ended.where(draw.random(LISTINGS) < 0.7).astype("datetime64[s]")
    kinds = np.array(["dishonesty", "enforcement", "tax_arrears", "litigation"], object)
    frame["kind"] = draw.choice(kinds, fresh)[record]
    return _finished(frame)


def _finished(frame: pd.DataFrame) -> pd.DataFrame:
    texts = {name: "str" for name in frame.columns if frame[name].dtype == object}
    return frame.astype(texts).assign(batch_id=pd.Series("b", index=frame.index, dtype="str"), origin_loan=None)


def _racers(events: Frames, spine: pd.DataFrame) -> tuple[Racer, ...]:
    return (
        Racer("本项目", lambda: compute(EIGHT, events, spine)),
        Racer("DuckDB（同一数据框）", lambda: _duckdb(events, spine)),
        Racer("DuckDB（自有表）", _native_duckdb(events, spine)),
        Racer("Polars", _polars(events, spine)),
    )


def _duckdb(events: Frames, spine: pd.DataFrame) -> pd.DataFrame:
    with duckdb.connect() as connection:
        _register(connection, events, spine)
        return connection.sql(DUCKDB_SQL).df()


def _native_duckdb(events: Frames, spine: pd.DataFrame) -> Callable[[], pd.DataFrame]:
    """Load DuckDB's own tables first, so that only the query is timed."""
    connection = duckdb.connect()
    _register(connection, events, spine, suffix="_frame")
    for name in (*events, "spine"):
        connection.execute(f"create table {name} as select * from {name}_frame")
    return lambda: connection.sql(DUCKDB_SQL).df()


def _register(connection: duckdb.DuckDBPyConnection, events: Frames, spine: pd.DataFrame, *, suffix: str = "") -> None:
    for name, frame in events.items():
        connection.register(f"{name}{suffix}", frame)
    connection.register(f"spine{suffix}", spine.assign(place=np.arange(len(spine))))


def _polars(events: Frames, spine: pd.DataFrame) -> Callable[[], pd.DataFrame]:
    """Load Polars' own frames first, so that only the query is timed."""
    frames = {name: _own_frame(frame.drop(columns="origin_loan")) for name, frame in events.items()}
    placed = _own_frame(spine.assign(place=np.arange(len(spine))))
    return lambda: _pandas(polars_features(frames, placed))


def _own_frame(frame: pd.DataFrame) -> pl.DataFrame:
    return pl.DataFrame({name: _own_column(frame[name]) for name in frame.columns})


def _own_column(column: "pd.Series[Any]") -> object:
    if column.dtype == "str":
        return column.tolist()
    return column.to_numpy(dtype="datetime64[ms]") if column.dtype.kind == "M" else column.to_numpy()


def _pandas(frame: pl.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: frame[name].cast(pl.Float64).to_numpy() for name in frame.columns[3:]})


def _race(racers: tuple[Racer, ...]) -> dict[str, float]:
    """Let them run in turns; return each one's best time after proving that all give the same values."""
    best = dict.fromkeys((racer.label for racer in racers), np.inf)
    for turn in range(REPEATS):
        answers = {}
        for racer in racers:
            started = time.perf_counter()
            answers[racer.label] = racer.run()
            best[racer.label] = min(best[racer.label], time.perf_counter() - started)
            print(f"{racer.label} {best[racer.label]:.2f} s", file=sys.stderr, flush=True)
        if turn == 0:
            _check_equal(answers)
    return best


def _check_equal(answers: Mapping[str, pd.DataFrame]) -> None:
    first = answers["本项目"]
    for label, other in answers.items():
        for name in first.columns:
            left, right = first[name].to_numpy(), other[name].to_numpy(dtype=np.float64)
            if not np.allclose(left, right, rtol=AGREEMENT, atol=AGREEMENT, equal_nan=True):
                wrong = int((~np.isclose(left, right, rtol=AGREEMENT, atol=AGREEMENT, equal_nan=True)).sum())
                raise ArithmeticError(f"{label} differs from the engine in {wrong} values of {name}")


def _print(best: Mapping[str, float], whole: Mapping[str, float], online: float) -> None:
    print(f"八项特征，{ENTERPRISES:,} 家企业，{INVOICES + LISTINGS:,} 条证据，{ENTERPRISES * len(DAYS):,} 行")
    for label, seconds in best.items():
        print(f"  {seconds:>8.2f} 秒  {label}")
    print(f"整个指标库（{whole['features']} 项）：每秒 {whole['rows_per_second']:,.0f} 行")
    print(f"  {whole['spine_rows']:,.0f} 行时峰值 {whole['peak_gb']:.2f} GB，其中证据占 {whole['events_gb']:.2f} GB")
    print(f"一家企业在线（含读取证据）：中位数 {online:.1f} 毫秒")
