"""How many rows that come by name find the right enterprise, and how fast, against comparing with every name?

Precision and recall are those of the demonstration city, where the truth is known.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from data.intake import load_file
from data.intake.list_file import Identity
from data.intake.lists import LISTS
from data.intake.name_words import normalise_name
from data.intake.resemblance import Resemblance
from data.spec.access import bureau_access
from data.store import Store
from data.store.doubts import list_doubts, read_candidates
from data.store.reads import read_batches, read_enterprises, read_events
from data.zibo import write_city
from data.zibo.name_dirt import ALIKE, WAYS
from data.zibo.names import FIRST, SECOND, TRADES

AT = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = 20_000
ASKED = 400
T = TypeVar("T")
BY_NAME = tuple(name for name, declared in LISTS.items() if declared.identity is Identity.BY_NAME)


@dataclass(frozen=True)
class Measured:
    """Say what automatic matching made of rows that come by name.

    Shapes: rows has the columns of truth/names.csv, `found` (the code of the enterprise each row was given to,
        None where it was set aside); rows written twice are left out. `queue` counts names that wait,
        `first` those whose first candidate is the one meant, among those that mean one.
    """

    rows: pd.DataFrame
    queue: int
    first: float

    @property
    def precision(self) -> float:
        """Return the share of rows given to an enterprise that mean it."""
        given = self.rows[self.rows["found"].notna()]
        return float((given["found"] == given["code"]).mean())

    @property
    def recall(self) -> float:
        """Return the share of rows that mean an enterprise of the city and were given to it."""
        meant = self.rows[self.rows["code"].notna()]
        return float((meant["found"] == meant["code"]).mean())


def measure(city: Path, database: Path) -> Measured:
    """Load the register and the lists without codes of a written city, and compare with its truth."""
    truth = pd.read_csv(city / "truth" / "names.csv", dtype={"code": "str"})
    store = Store.create(f"sqlite:///{database}", at=AT, demonstration_today=date(2026, 1, 1))
    register = sorted((city / "lists").glob("企业名录_20??.*"))
    files = [
        city / "lists" / name for list_name in BY_NAME for name in truth["file"][truth["list"] == list_name].unique()
    ]
    reports = [load_file(store, path, at=AT, actor="bench") for path in [*register, *files]]
    repeated = {(report.file_name, row) for report in reports for row in report.repeated_rows}
    found = _given(store)
    keys = list(zip(truth["file"], truth["row"], strict=True))
    rows = truth.assign(found=[found.get(key) for key in keys])[[key not in repeated for key in keys]]
    measured = Measured(rows, *_queue(store, truth))
    store.close()
    return measured


def _given(store: Store) -> Mapping[tuple[str, int], str]:
    """Say to which enterprise's code each row of a file was given."""
    access = bureau_access("bench", at=AT)
    with store.work(at=AT, read_only=True) as work:
        codes = read_enterprises(work, access=access).set_index("enterprise_id")["value"]
        files = read_batches(work).set_index("id")["file_name"]
        tables = sorted({LISTS[name].table.name for name in BY_NAME})
        events = pd.concat(read_events(work, tables, access=access).values())
    places = zip(events["batch_id"].map(files), events["file_row"], strict=True)
    return dict(zip(places, events["enterprise_id"].map(codes), strict=True))


def _queue(store: Store, truth: pd.DataFrame) -> tuple[int, float]:
    """Count the names that wait, and how often the first candidate is the one meant."""
    known = truth[truth["dirt"] != "stranger"]
    said = dict(zip(map(normalise_name, known["said"]), known["code"], strict=True))
    with store.work(at=AT, read_only=True) as work:
        doubts = list_doubts(work)
        codes = read_enterprises(work, access=bureau_access("bench", at=AT)).set_index("enterprise_id")["value"]
        candidates = read_candidates(work, [doubt.id for doubt in doubts])
    hits = [
        bool(candidates[doubt.id]) and codes[candidates[doubt.id][0].enterprise_id] == said[doubt.names_key]
        for doubt in doubts
        if doubt.names_key in said
    ]
    return len(doubts), float(np.mean(hits)) if hits else float("nan")


def run() -> dict[str, float]:
    """Measure the city, then race the search for candidates on NAMES names, and print the table."""
    with tempfile.TemporaryDirectory() as place:
        print("写出演示城市…", file=sys.stderr)
        write_city(Path(place))
        print("导入企业名录与无代码名单…", file=sys.stderr)
        measured = measure(Path(place), Path(place) / "store.db")
    names, asked = _names()
    choices = names["normalised"].tolist()
    theirs, best = _timed(lambda: [_brute(name, choices) for name in asked])
    ours, found = _timed(lambda: _candidates(names, asked))
    agreed = float(
        np.mean([one in [normalise_name(name) for name in row] for one, row in zip(best, found, strict=True)])
    )
    _table(measured, ours=ours, theirs=theirs, agreed=agreed)
    return {
        "rows": len(measured.rows),
        "precision": round(measured.precision, 5),
        "recall": round(measured.recall, 5),
        "queue": measured.queue,
        "first_candidate_right": round(measured.first, 3),
        "names": NAMES,
        "asked": ASKED,
        "speedup_vs_bruteforce": round(theirs / ours, 1),
        "bruteforce_best_among_candidates": round(agreed, 4),
    }


def _names() -> tuple[pd.DataFrame, list[str]]:
    """Invent names, and some of them with a wrong character."""
    draw = np.random.default_rng(7)
    letters, trades = list(FIRST + SECOND), [word for words in TRADES.values() for word in words]
    styles = draw.choice(letters, (NAMES, 3))
    places = draw.choice(["淄博", "山东", ""], NAMES)
    rows = zip(places, styles, draw.choice(trades, NAMES), strict=True)
    names = [f"{place}{''.join(style)}{trade}（演示）有限公司" for place, style, trade in rows]
    able = [name for name in names if any(letter in ALIKE for letter in name[2:5])]
    asked = [WAYS["typo"](name) for name in draw.choice(able, ASKED)]
    normalised = [normalise_name(name) for name in names]
    return pd.DataFrame({"enterprise_id": range(NAMES), "name": names, "normalised": normalised}), asked


def _brute(name: str, choices: Sequence[str]) -> str:
    return process.extract(normalise_name(name), choices, scorer=fuzz.ratio, limit=5)[0][0]


def _candidates(names: pd.DataFrame, asked: Sequence[str]) -> list[list[str]]:
    near = Resemblance(names)
    return [[one.name for one in near.candidates(name)] for name in asked]


def _timed(work: Callable[[], list[T]]) -> tuple[float, list[T]]:
    started = time.perf_counter()
    answer = work()
    return time.perf_counter() - started, answer


def _table(measured: Measured, *, ours: float, theirs: float, agreed: float) -> None:
    rows = measured.rows.assign(dirt=measured.rows["dirt"].fillna("as it is"))
    by = rows.groupby("dirt").agg(rows=("said", "size"), found=("found", "count"))
    by["right"] = (rows["found"] == rows["code"]).groupby(rows["dirt"]).sum()
    print(f"{'name as written':24}{'rows':>8}{'found':>8}{'right':>8}")
    for name, row in by.sort_values("rows", ascending=False).iterrows():
        print(f"{name!s:24}{row['rows']:>8}{row['found']:>8}{row['right']:>8}")
    print(f"precision {measured.precision:.5f}, recall {measured.recall:.5f}, names waiting {measured.queue}")
    print(f"first candidate is the one meant: {measured.first:.0%}")
    print(f"candidates for {ASKED} names among {NAMES:,}: {ours:.2f} s, index included;")
    print(f"rapidfuzz.process.extract over all: {theirs:.2f} s; its best is among ours: {agreed:.1%}")
