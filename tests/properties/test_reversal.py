"""Is a batch taken back as if it had not been, and does every earlier answer stand?"""

import random
import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.intake import Source, load_frame
from data.intake.reversal import undo_batch
from data.spec.access import bureau_access
from data.spec.identifiers import with_uscc_check_digit
from data.spec.tables import TABLES
from data.store import Store
from data.store.reads import read_events
from features.catalogue import FEATURES
from features.engine import compute
from features.spec import Aggregate

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
TODAY = date(2026, 1, 1)
ACCESS = bureau_access("test", at=START)
CODES = tuple(with_uscc_check_digit(f"91370303MA{number:07d}") for number in range(2))
NAMES = ("annual_report", "guarantee", "patent")
RESTING = [
    feature
    for feature in FEATURES.values()
    if all(isinstance(one.declaration, Aggregate) and one.declaration.table.name in NAMES for one in feature.aggregates)
]
BEFORE = tuple(map(date.fromisoformat, ("2024-03-01", "2025-06-30", "2025-12-31")))
AFTER = tuple(map(date.fromisoformat, ("2026-01-01", "2026-01-02", "2026-01-10", "2026-02-15", "2027-01-01")))
KNOWN = tuple(map(date.fromisoformat, ("2023-05-01", "2024-02-29", "2025-06-29", "2025-10-01")))
LATE = tuple(map(date.fromisoformat, ("2025-12-30", "2025-12-31", "2026-01-01", "2026-01-09", "2026-02-01")))
"""Days around the day on which the batch is taken back, and days yet to come."""

OWN = ("loan-1", "loan-2", "", None)


def rows_of(name: str, draw: random.Random, *, days: Sequence[date], fresh: bool) -> pd.DataFrame:
    """Draw rows of few records, so that versions meet; those of unknown origin are old, unless `fresh`."""
    rows = []
    for place in range(draw.randint(1, 6)):
        known = draw.choice(days)
        origin = draw.choice(("loan-1", "loan-2", None))
        if origin is None and not fresh:
            known = draw.choice(KNOWN)
        row: dict[str, Any] = {"identifier": draw.choice(CODES), "known_on": known, "origin_loan": origin}
        rows.append(row | {"file_row": place + 2} | OWN_COLUMNS[name](draw))
    return typed(rows)


OWN_COLUMNS: dict[str, Any] = {
    "annual_report": lambda draw: {"year": date(draw.choice((2021, 2022)), 12, 31), "revenue": draw.choice((1.0, 2.0))},
    "guarantee": lambda draw: {
        "contract_no": draw.choice("xy"),
        "guaranteed": draw.choice(CODES),
        "amount": draw.choice((5.0, 7.0, 9.0)),
        "started_on": date(2023, draw.choice((1, 2)), 1),
        "ends_on": draw.choice((None, date(2026, 1, 5))),
    },
    "patent": lambda draw: {
        "application_no": draw.choice(("201710601862.3", "201310699744.2")),
        "kind": draw.choice(("invention", "utility_model")),
        "filed_on": date(2022, 1, 1),
        "published_on": date(2022, 6, 1),
        "granted_on": draw.choice((None, date(2023, 1, 1))),
    },
}


def typed(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    for name in frame:
        if name.endswith("_on") or name in ("year", "known_on"):
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    return frame.astype({"origin_loan": "str"})


class Book:
    """Keep a store, and let its clock go on a minute with every step."""

    def __init__(self, made: Path, place: Path) -> None:
        shutil.copy(made, place)
        self.store = Store.open(f"sqlite:///{place}")
        self.at = START

    def later(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at

    def load(self, name: str, frame: pd.DataFrame, sha: str) -> str | None:
        source = Source(list=name, label=name, table=TABLES[name], file_name=sha, file_sha256=sha)
        return load_frame(self.store, source, frame, at=self.later(), actor="test").batch_id

    def undo(self, batch_id: str) -> str:
        return undo_batch(self.store, batch_id, reason="试验", at=self.later(), actor="test").batch_id

    def events(self, recorded_before: datetime | None = None) -> dict[str, pd.DataFrame]:
        with self.store.work(at=self.at, read_only=True) as work:
            return read_events(work, NAMES, access=ACCESS, recorded_before=recorded_before)

    def values(self, days: Sequence[date], recorded_before: datetime | None = None) -> pd.DataFrame:
        return compute(RESTING, self.events(recorded_before), spine(days))


def spine(days: Sequence[date]) -> pd.DataFrame:
    asked = [(firm, day, loan) for firm in (1, 2) for day in days for loan in OWN]
    frame = pd.DataFrame(asked, columns=["enterprise_id", "as_of", "own_loan"])
    return frame.assign(as_of=pd.to_datetime(frame["as_of"]).astype("datetime64[s]"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store that knows the firms, once; each world opens a copy."""
    path = tmp_path_factory.mktemp("reversal") / "made.db"
    store = Store.create(f"sqlite:///{path}", at=START, demonstration_today=TODAY)
    first = [{"identifier": code, "known_on": date(2020, 1, 1), "origin_loan": None, "file_row": 2} for code in CODES]
    frame = typed([row | {"period_end": date(2019, 12, 31), "tax_paid": 1.0} for row in first])
    source = Source(list="tax_payment", label="x", table=TABLES["tax_payment"], file_name="x", file_sha256="x" * 64)
    load_frame(store, source, frame, at=START, actor="test")
    store.close()
    return path


def test_the_features_looked_at_rest_on_the_tables_drawn() -> None:
    assert len(RESTING) > 20


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), name=st.sampled_from(NAMES), then=st.sampled_from(("", "C", "B", "undo", "C undo")))
def test_a_batch_taken_back_is_as_if_it_had_not_been(
    made: Path, tmp_path_factory: pytest.TempPathFactory, seed: int, name: str, then: str
) -> None:
    draw, place = random.Random(seed), tmp_path_factory.mktemp("world")
    before, wrong, after = (
        rows_of(name, draw, days=(*KNOWN, *LATE), fresh=part == "wrong") for part in ("before", "wrong", "after")
    )
    book, other = Book(made, place / "a.db"), Book(made, place / "b.db")
    book.load(name, before, "a" * 64)
    other.load(name, before, "a" * 64)
    batch = book.load(name, wrong, "b" * 64)
    if batch is None:
        return
    old = [book.values(days) for days in (BEFORE, AFTER)]

    instant = book.at + timedelta(seconds=30)
    undone = book.undo(batch)

    assert book.values(BEFORE).equals(old[0])
    assert book.values(AFTER, recorded_before=instant).equals(old[1])
    if then.startswith("C"):
        book.load(name, after, "c" * 64)
    if then == "B":
        book.load(name, wrong, "b" * 64)
    if then.endswith("undo"):
        book.undo(undone)
    for letter, frame in (("b", wrong), ("c", after)):
        if (letter == "b" and then in ("B", "undo", "C undo")) or (letter == "c" and then.startswith("C")):
            other.load(name, frame, letter * 64)
    pd.testing.assert_frame_equal(book.values(AFTER), other.values(AFTER))
    book.store.close()
    other.store.close()
