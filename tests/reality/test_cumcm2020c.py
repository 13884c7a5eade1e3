"""On 123 real firms, by invoices alone, the public fit ranks defaults as asked; every invoice is accounted for."""

import gzip
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.spec.access import bureau_access
from data.spec.progress import Silent
from data.store import Store
from features.catalogue import FEATURES, features_of
from models import outside

pytestmark = pytest.mark.reality
AT = datetime(2026, 1, 1, tzinfo=UTC)
ACCESS = bureau_access("test", at=AT)
WHOLE = bool(os.environ.get("LUKEPING_DEEP"))


@pytest.fixture(scope="module")
def folder(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the labelled firms' files whole and the others' shortened, unless the run is deep."""
    source = shared_data / "cumcm2020c"
    if WHOLE:
        return source
    folder = tmp_path_factory.mktemp("cumcm")
    for path in sorted(source.glob("*.csv*")):
        whole = path.read_bytes()
        shorten = path.name.startswith("no_credit") and path.suffix == ".gz"
        (folder / path.name).write_bytes(_first_lines(whole) if shorten else whole)
    return folder


def _first_lines(packed: bytes) -> bytes:
    return gzip.compress(b"\n".join(gzip.decompress(packed).split(b"\n")[:1000]) + b"\n")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store.create(f"sqlite:///{tmp_path_factory.mktemp('store')}/store.db", at=AT)
    yield store
    store.close()


@pytest.fixture(scope="module")
def figures(store: Store, folder: Path) -> Mapping[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outside, "REPEATS", outside.REPEATS if WHOLE else 3)
        evaluated = outside.evaluate_cumcm2020c(store, folder, access=ACCESS, at=AT, progress=Silent())
    return evaluated.figures


def test_the_fit_ranks_real_defaults(figures: Mapping[str, Any], figure: Any) -> None:
    figure("cumcm2020c_auc", figures["auc"])
    figure("cumcm2020c_ks", figures["ks"])

    assert (figures["firms"], figures["defaults"]) == (123, 27)
    assert figures["auc"] >= 0.86
    assert figures["auc_low"] < figures["auc"] < figures["auc_high"]
    assert figures["ks"] >= 0.55


def test_probabilities_on_real_firms_are_calibrated_and_better_than_the_base_rate(figures: Mapping[str, Any]) -> None:
    assert 0.7 <= figures["calibration_slope"] <= 1.4
    assert figures["brier"] < 0.7 * figures["brier_of_base_rate"]
    assert sum(row["rows"] for row in figures["calibration"]) == 123


def test_the_firms_without_a_history_are_scored(figures: Mapping[str, Any]) -> None:
    assert figures["scored_without_history"] == 302
    assert 0 < figures["scored_mean_pd"] < 1


def test_the_banks_rating_is_no_feature(figures: Mapping[str, Any]) -> None:
    assert figures["features"] == [feature.name for feature in features_of("invoices")]
    read = {
        (one.declaration.table.name, one.declaration.column)
        for feature in FEATURES.values()
        for one in feature.aggregates
    }
    assert not {table for table, _ in read} & {"undated_outcome", "snapshot_fact"}
    assert not any("rating" in str(column) for _, column in read)


LABELLED = {
    "credit_history_input.csv.gz": (210_947, 803),
    "credit_history_output.csv.gz": (162_484, 4_436),
}
OTHERS = {
    "no_credit_history_input.csv.gz": (395_175, 4_681),
    "no_credit_history_output.csv.gz": (330_835, 1_745),
}


@pytest.mark.parametrize(
    ("file", "rows", "repeated"),
    [(file, *expected) for file, expected in (LABELLED | (OTHERS if WHOLE else {})).items()],
)
def test_repeated_invoices_are_counted(figures: Mapping[str, Any], file: str, rows: int, repeated: int) -> None:
    counted = figures["rows"][file]

    assert counted == {"read": rows, "kept": rows - repeated, "repeated": repeated, "quarantined": 0}


def test_voided_invoices_with_a_space_are_read_as_voided(figures: Mapping[str, Any]) -> None:
    assert figures["spaced_status_rows"] == (95 if WHOLE else 47)
