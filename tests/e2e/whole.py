"""What a whole city of any seed offers to a test: its store, its hidden truth, and one training a card."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from data.intake import load_folder
from data.spec.access import Access, Purpose, bureau_access
from data.spec.progress import Silent
from data.spec.versions import latest_known
from data.store import Store
from data.store.reads import read_enterprises, read_events
from data.zibo import write_city
from features.engine import compute
from models.retraining import Trained, TrainingSet, build_training_set, fit_card, tables_of
from tests.e2e.town import AT, TODAY, derive_all

CARDS = ("application", "behaviour")
SHIPPED = 2026
"""The seed of the city that the service ships."""


@dataclass(frozen=True)
class Whole:
    """Hold the whole city: its store, its hidden truth, and one training a card."""

    store: Store
    folder: Path
    learned: Callable[[str], tuple[TrainingSet, Trained]]

    @property
    def access(self) -> Access:
        return bureau_access("test", at=AT, purpose=Purpose.TRAINING)

    def truth(self, name: str) -> pd.DataFrame:
        """Return a table of the truth with the enterprise's number."""
        frame = pd.read_csv(self.folder / "truth" / f"{name}.csv")
        with self.store.work(at=AT, read_only=True) as work:
            numbers = read_enterprises(work, access=self.access).drop_duplicates("value").set_index("value")
        return frame.assign(enterprise_id=frame["code"].map(numbers["enterprise_id"]))

    def true_pd(self, training: TrainingSet) -> pd.Series:
        """Return the true PD of each row; NaN where the city has none."""
        if training.card == "application":
            known = self.truth("applications").set_index("application_no")["pd_18m"]
            return training.rows["own_loan"].map(known).astype(float)
        known = self.truth("pd").assign(as_of=lambda rows: pd.to_datetime(rows["quarter_end"]).astype("datetime64[s]"))
        keys = ["enterprise_id", "as_of"]
        met = training.rows[keys].merge(known.drop_duplicates(keys)[[*keys, "pd_12m"]], on=keys, how="left")
        return pd.Series(met["pd_12m"].to_numpy(), training.rows.index)

    def applications(self) -> pd.DataFrame:
        """Return every application with its day."""
        with self.store.work(at=AT, read_only=True) as work:
            rows = read_events(work, ["loan_application"], access=self.access)["loan_application"]
        return latest_known(rows, pd.Timestamp(TODAY).as_unit("s"))[["enterprise_id", "application_no", "applied_on"]]

    def matrix(self, trained: Trained, spine: pd.DataFrame) -> pd.DataFrame:
        """Return the model's columns for any rows."""
        with self.store.work(at=AT, read_only=True) as work:
            events = read_events(work, list(tables_of(trained.features)), access=self.access)
        return compute(trained.features, events, spine)[list(trained.model.features)]


@contextmanager
def whole_city(folder: Path, seed: int = SHIPPED) -> Iterator[Whole]:
    """Write a city, load it as a bureau would, and close its store afterwards."""
    write_city(folder, seed=seed, progress=Silent())
    store = Store.create(f"sqlite:///{folder}/store.db", at=AT, demonstration_today=TODAY)
    load_folder(store, folder / "lists", at=AT, actor="test", progress=Silent())
    derive_all(store)
    access = bureau_access("test", at=AT, purpose=Purpose.TRAINING)

    @cache
    def learned(card: str) -> tuple[TrainingSet, Trained]:
        with store.work(at=AT, read_only=True) as work:
            training = build_training_set(work, card=card, as_of=TODAY, access=access, progress=Silent())
        return training, fit_card(training, seed=0, progress=Silent())

    try:
        yield Whole(store, folder, learned)
    finally:
        store.close()
