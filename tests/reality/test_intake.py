"""Every row of the Jinan files is kept, a counted repeat, or quarantined with a reason."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.intake.batch import BatchReport
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


def test_the_same_folder_twice_changes_nothing(shared_data: Path, jinan: tuple[Store, list[BatchReport]]) -> None:
    store, first = jinan

    second = load_jinan(store, shared_data / "jinan", at=AT, actor="test", progress=Silent())

    assert all(report.batch_id is None and report.kept == 0 for report in second)
    assert [report.already_known for report in second] == [report.kept for report in first]
