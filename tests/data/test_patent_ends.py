"""Does a patent stop counting once its legal status says so, and count again once it is restored, in either order?"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from data.intake import BatchReport, load_file
from data.intake.reversal import undo_batch
from data.spec.access import bureau_access
from data.store import Store
from data.store.reads import read_events
from features.catalogue import FEATURES
from features.engine import compute
from features.spine import spine_row

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
Book = Callable[..., Path]
NUMBER = "201710601862.3"
LIST = ["统一社会信用代码", "申请号", "专利类型", "专利名称", "申请日", "公开日", "授权公告日", "失效日", "更新日期"]
STATUS = ["统一社会信用代码", "申请号", "专利类型", "法律状态", "法律状态日", "法律状态公告日"]
GRANTED = [NUMBER, "发明专利", "甲", "2017-07-21", "2018-06-01", "2019-06-01"]
LAPSED, RESTORED = ("终止", "2021-08-01", "2021-08-20"), ("恢复", "2022-02-01", "2022-02-20")


class House:
    """Load lists an hour apart, and ask how many inventions the firm holds."""

    def __init__(self, store: Store, book: Book, code: str) -> None:
        self.store, self.book, self.code, self.at = store, book, code, AT

    def listed(self, known: str = "2019-06-01", ceased: str | None = None) -> BatchReport:
        return self.load("专利清单", LIST, [[self.code, *GRANTED, ceased, known]])

    def status(self, *events: Sequence[str]) -> BatchReport:
        return self.load("专利法律状态", STATUS, [[self.code, NUMBER, "发明专利", *event] for event in events])

    def load(self, name: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> BatchReport:
        self.at += timedelta(hours=1)
        return load_file(self.store, self.book(f"{name}{self.at:%H}.xlsx", [header, *rows]), at=self.at, actor="test")

    def undo(self, report: BatchReport) -> None:
        self.at += timedelta(hours=1)
        undo_batch(self.store, str(report.batch_id), reason="报送有误", at=self.at, actor="test")

    def held(self, *days: str) -> list[float]:
        with self.store.work(at=self.at, read_only=True) as work:
            events = read_events(work, ["patent"], access=bureau_access("test", at=self.at))
        feature = FEATURES["patent_inventions_held"]
        spines = [spine_row(1, as_of=date.fromisoformat(day)) for day in days]
        return [float(compute([feature], events, spine).iloc[0, 0]) for spine in spines]

    def told(self) -> list[tuple[str, int, str]]:
        """List the patent's versions: known on which day, from which row, ceased on which day."""
        with self.store.work(at=self.at, read_only=True) as work:
            rows = read_events(work, ["patent"], access=bureau_access("test", at=self.at))["patent"]
        known, ceased = (rows[name].dt.strftime("%Y-%m-%d").fillna("") for name in ("known_on", "ceased_on"))
        return list(zip(known, rows["file_row"].tolist(), ceased, strict=True))


@pytest.fixture
def house(store: Store, book: Book, codes: list[str]) -> House:
    return House(store, book, codes[0])


DAYS = ("2021-08-20", "2021-08-21", "2022-02-20", "2022-02-21")
"""The days on which it becomes known that the patent lapsed, and that it was restored, and those after."""


@pytest.mark.parametrize("events_first", [False, True], ids=["the list first", "the events first"])
def test_a_lapse_ends_a_patent_and_its_restoration_brings_it_back(house: House, events_first: bool) -> None:
    if events_first:
        house.status(LAPSED, RESTORED)
    house.listed()
    if not events_first:
        house.status(LAPSED, RESTORED)

    assert house.held(*DAYS) == [1, 0, 0, 1]


def test_each_event_counts_from_the_day_on_which_it_was_announced(house: House) -> None:
    house.listed()
    house.status(LAPSED)
    before = house.held(*DAYS)
    house.status(RESTORED)

    assert (before, house.held(*DAYS)) == ([1, 0, 0, 0], [1, 0, 0, 1])
    assert house.told() == [("2019-06-01", 2, ""), ("2021-08-20", 2, "2021-08-01"), ("2022-02-20", 2, "")]


def test_a_patent_lapses_again_after_it_was_restored(house: House) -> None:
    again = ("终止", "2023-08-01", "2023-08-20")
    house.listed(known="2021-08-10", ceased="2021-08-01")
    house.status(LAPSED, RESTORED, again)

    assert house.held("2021-08-11", "2022-02-21", "2023-08-20", "2023-08-21") == [0, 1, 1, 0]


@pytest.mark.parametrize("event", ["无效", "转出"])
def test_an_invalidated_or_sold_patent_is_no_more(house: House, event: str) -> None:
    house.listed()
    house.status((event, "2021-08-01", "2021-08-20"))

    assert house.held("2021-08-20", "2021-08-21") == [1, 0]


def test_what_the_list_itself_told_is_not_told_again(house: House) -> None:
    house.listed(known="2021-08-10", ceased="2021-08-01")
    house.status(LAPSED, ("年费滞纳", "2021-03-01", "2021-03-20"), ("质押登记", "2020-03-01", "2020-03-20"))

    assert house.told() == [("2021-08-10", 2, "2021-08-01")]


def test_events_of_another_patent_or_firm_change_nothing(house: House, codes: list[str]) -> None:
    house.listed()
    rows = [[house.code, "201310699744.2", "发明专利", *LAPSED], [codes[1], NUMBER, "发明专利", *LAPSED]]
    house.load("专利法律状态", STATUS, rows)

    assert house.held("2021-08-21") == [1]


def test_a_list_that_does_not_know_of_the_end_is_the_newest_word_and_pointed_at(house: House) -> None:
    house.listed()
    house.status(LAPSED)
    report = house.listed(known="2022-01-05")

    assert [(one.code, one.rows) for one in report.doubtful] == [("patent-end-untold", (2,))]
    assert house.held("2022-01-05", "2022-01-06") == [0, 1]


def test_a_list_that_knows_of_the_end_or_of_the_restoration_is_not_pointed_at(house: House) -> None:
    house.listed()
    house.status(LAPSED)
    ended = house.listed(known="2022-01-05", ceased="2021-08-01")
    house.status(RESTORED)

    assert (ended.doubtful, house.listed(known="2022-05-05").doubtful) == ((), ())
    assert house.held("2022-01-06", "2022-02-21", "2022-05-06") == [0, 1, 1]


def test_taking_back_the_events_gives_the_patent_back_from_that_day_on(house: House) -> None:
    house.listed()
    lapse = house.status(LAPSED)
    house.undo(lapse)

    assert house.held("2021-08-21", "2025-12-31", "2026-01-01") == [0, 0, 1]


def test_the_same_events_in_another_file_add_nothing(house: House) -> None:
    house.listed()
    house.status(LAPSED)
    told = house.told()
    again = house.status(LAPSED, ("年费滞纳", "2021-03-01", "2021-03-20"))

    assert (again.kept, house.told()) == (1, told)
