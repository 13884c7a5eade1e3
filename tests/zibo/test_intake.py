"""Does the intake read the city's lists, and set aside exactly the rows that were spoilt?"""

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from data.intake import BatchReport, load_folder
from data.spec.progress import Silent
from data.store import Store

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def reports(small, tmp_path_factory: pytest.TempPathFactory) -> list[BatchReport]:
    path: Path = tmp_path_factory.mktemp("store") / "city.db"
    store = Store.create(f"sqlite:///{path}", at=AT, demonstration_today=date(2026, 1, 1))
    return load_folder(store, small.lists, at=AT, actor="test", progress=Silent())


def set_aside(reports: list[BatchReport]) -> dict[tuple[str, int], str]:
    found = {(report.file_name, row): "duplicate" for report in reports for row in report.repeated_rows}
    for report in reports:
        found |= {(report.file_name, row): reason.code for reason in report.quarantined for row in reason.rows}
    return found


def test_every_file_is_recognised_as_its_own_list(small, reports: list[BatchReport]) -> None:
    written = {file.name: file.list for file in small.report.files}

    assert {report.file_name: report.list for report in reports} == written


def test_exactly_the_spoilt_rows_are_set_aside_each_for_its_own_reason(small, reports: list[BatchReport]) -> None:
    damage = small.truth("damage")
    spoilt = {(row.file, row.row): row.damage for row in damage.itertuples()}

    assert set_aside(reports) == spoilt


def test_every_row_written_is_kept_or_set_aside(small, reports: list[BatchReport]) -> None:
    written = pd.Series({file.name: file.rows for file in small.report.files}).sort_index()
    told = pd.Series({report.file_name: report.rows_read - int(report.skipped) for report in reports}).sort_index()

    assert told.equals(written)
