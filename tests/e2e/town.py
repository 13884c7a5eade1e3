"""What a loaded and trained city offers to a test."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from data.spec.access import Access, Purpose, bureau_access
from data.spec.progress import Silent
from data.store import Store
from data.store.reads import read_enterprises
from features.catalogue import FEATURES
from models.appointing import TrainingReport
from models.card import ModelCard
from models.fitted import Model
from models.register import Register
from risk.derivation import derive

TODAY = date(2026, 1, 1)
AT = datetime(2026, 1, 1, 9, tzinfo=UTC)


def derive_all(store: Store) -> None:
    """Work out what follows from the lists, as every intake does."""
    with store.work(at=AT) as work:
        derive(work, today=TODAY, access=bureau_access("test", at=AT, purpose=Purpose.INTAKE), progress=Silent())
        work.commit()


Run = Callable[..., tuple[int, str, str]]
"""Runs a command and returns its exit code, stdout and stderr."""


@dataclass(frozen=True)
class Shelf:
    """Answer with the champions of a register, as the doors do."""

    register: Register

    def champion(self, card: str) -> tuple[str, Model, ModelCard] | None:
        if not self.register.course(card):
            return None
        fingerprints = {feature.name: feature.fingerprint for feature in FEATURES.values()}
        model, described = self.register.load_champion(card, fingerprints=fingerprints)
        return described.name, model, described


@dataclass(frozen=True)
class City:
    """Hold the loaded city: its store, shelf, training report and files."""

    store: Store
    shelf: Shelf
    report: TrainingReport
    folder: Path

    @property
    def access(self) -> Access:
        return bureau_access("test", at=AT, purpose=Purpose.TRAINING)

    def truth(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / "truth" / f"{name}.csv", dtype=str)

    def numbers(self) -> pd.Series:
        """Return the enterprise number of each credit code."""
        with self.store.work(at=AT, read_only=True) as work:
            return read_enterprises(work, access=self.access).set_index("value")["enterprise_id"]
