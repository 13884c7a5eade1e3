"""Every row of the real files is kept, a counted repeat, or quarantined with a reason."""

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.intake.batch import BatchReport
from data.intake.cumcm2020c import load_cumcm2020c
from data.intake.jinan import load_jinan
from data.spec.access import bureau_access
from data.spec.progress import Silent
from data.store import Store
from data.store.reads import read_enterprises, read_events

pytestmark = pytest.mark.reality
AT = datetime(2026, 1, 1, tzinfo=UTC)
ACCESS = bureau_access("test", at=AT)


@pytest.fixture(scope="module")
def jinan(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, list[BatchReport]]]:
    store = Store.create(f"sqlite:///{tmp_path_factory.mktemp('jinan')}/store.db", at=AT)
    yield store, load_jinan(store, shared_data / "jinan", at=AT, actor="test", progress=Silent())
    store.close()


@pytest.fixture(scope="module")
def labelled(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, list[BatchReport]]]:
    """Load the files of the 123 labelled firms and empty ones for the rest: half a minute instead of two."""
    folder = tmp_path_factory.mktemp("cumcm")
    for path in sorted((shared_data / "cumcm2020c").glob("*.csv*")):
        whole = path.read_bytes()
        (folder / path.name).write_bytes(whole if path.name.startswith("credit") else _shortened(path, whole))
    store = Store.create(f"sqlite:///{folder}/store.db", at=AT)
    yield store, load_cumcm2020c(store, folder, at=AT, actor="test", progress=Silent())
    store.close()


def _shortened(path: Path, whole: bytes) -> bytes:
    if path.suffix != ".gz":
        return whole
    return gzip.compress(b"\n".join(gzip.decompress(whole).split(b"\n")[:1000]) + b"\n")


def test_every_jinan_row_is_accounted_for(shared_data: Path, jinan: tuple[Store, list[BatchReport]]) -> None:
    _, reports = jinan

    assert len(reports) == 34
    for report in reports:
        [path] = (shared_data / "jinan").rglob(report.file_name)
        with path.open(encoding="gb18030" if "gb18030" in report.notes[0] else "utf-8-sig", newline="") as file:
            lines = sum(1 for _ in csv.reader(file))
        parts = report.kept + report.already_known + report.repeated + report.quarantined_rows
        assert report.rows_read == lines == parts + int(report.skipped), report.file_name


def test_jinan_knows_the_firms_its_files_name(jinan: tuple[Store, list[BatchReport]]) -> None:
    store, _ = jinan

    with store.work(at=AT, read_only=True) as work:
        firms = read_enterprises(work, access=ACCESS)
        facts = read_events(work, ["snapshot_fact"], access=ACCESS)["snapshot_fact"]

    whole_files = facts[~facts["source"].str.startswith("first_2000/")]
    assert firms["scheme"].eq("jinan").all()
    assert len(firms) == 81_814
    assert whole_files["enterprise_id"].nunique() == 73_593


def test_unknown_to_a_jinan_source_is_not_zero(jinan: tuple[Store, list[BatchReport]]) -> None:
    store, _ = jinan

    with store.work(at=AT, read_only=True) as work:
        facts = read_events(work, ["snapshot_fact"], access=ACCESS)["snapshot_fact"]
    patents = facts[facts["source"] == "intangible_patent"].set_index("enterprise_id")["value"]

    assert len(patents) == 713
    assert patents.reindex(facts["enterprise_id"].unique()).isna().sum() == 81_814 - 713
    assert (patents > 0).all()


@pytest.mark.parametrize(
    ("file", "rows", "repeated"),
    [("credit_history_input.csv.gz", 210_947, 803), ("credit_history_output.csv.gz", 162_484, 4_436)],
)
def test_repeated_invoices_are_counted(
    labelled: tuple[Store, list[BatchReport]], file: str, rows: int, repeated: int
) -> None:
    report = next(report for report in labelled[1] if report.file_name == file)

    assert report.rows_read - int(report.skipped) == rows
    assert report.repeated == repeated
    assert report.kept == rows - repeated
    assert report.quarantined_rows == 0


def test_voided_invoices_with_a_space_are_read_as_voided(labelled: tuple[Store, list[BatchReport]]) -> None:
    notes = [note for report in labelled[1] for note in report.notes if "空格" in note]

    assert any(" 47 行" in note for note in notes)


def test_the_same_folder_twice_changes_nothing(shared_data: Path, jinan: tuple[Store, list[BatchReport]]) -> None:
    store, first = jinan

    second = load_jinan(store, shared_data / "jinan", at=AT, actor="test", progress=Silent())

    assert all(report.batch_id is None and report.kept == 0 for report in second)
    assert [report.already_known for report in second] == [report.kept for report in first]
