"""Does a patent stop counting once its legal status says so, and count again once it is restored, in either order?"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from data.intake import BatchReport, load_file
from data.intake.reversal import undo_batch
from data.spec.access import bureau_access
from data.store import Store
from data.store.reads import read_events
from features import definition
from features.behind import rows_behind
from features.catalogue import FEATURES
from features.engine import compute
from features.spine import spine_row

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
Book = Callable[..., Path]
HELD = FEATURES["patent_inventions_held"]
NUMBER = "201710601862.3"
LIST = ["统一社会信用代码", "申请号", "专利类型", "专利名称", "申请日", "公开日", "授权公告日", "失效日", "更新日期"]
STATUS = ["统一社会信用代码", "申请号", "专利类型", "法律状态", "法律状态日", "法律状态公告日"]
GRANTED = [NUMBER, "发明专利", "甲", "2017-07-21", "2018-06-01", "2019-06-01"]
LAPSED, RESTORED = ("终止", "2021-08-01", "2021-08-20"), ("恢复", "2022-02-01", "2022-02-20")


class House:
    """Load lists an hour apart, and ask how many inventions the firm holds."""

    def __init__(self, store: Store, book: Book, code: str) -> None:
        self.store, self.book, self.code, self.at = store, book, code, AT

    def listed(self, known: str = "2019-06-01", ceased: str | None = None, title: str = "甲") -> BatchReport:
        number, kind, _, *days = GRANTED
        return self.load("专利清单", LIST, [[self.code, number, kind, title, *days, ceased, known]])

    def status(self, *events: Sequence[str]) -> BatchReport:
        return self.load("专利法律状态", STATUS, [[self.code, NUMBER, "发明专利", *event] for event in events])

    def load(self, name: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> BatchReport:
        self.at += timedelta(hours=1)
        return load_file(self.store, self.book(f"{name}{self.at:%H}.xlsx", [header, *rows]), at=self.at, actor="test")

    def undo(self, report: BatchReport) -> None:
        self.at += timedelta(hours=1)
        undo_batch(self.store, str(report.batch_id), reason="报送有误", at=self.at, actor="test")

    def events(self) -> dict[str, pd.DataFrame]:
        with self.store.work(at=self.at, read_only=True) as work:
            return read_events(work, HELD.tables, access=bureau_access("test", at=self.at))

    def held(self, *days: str, firm: int = 1, own_loan: str | None = None) -> list[float]:
        """Return on each day what both the engine and the definition say."""
        events, asked = self.events(), [date.fromisoformat(day) for day in days]
        spine = pd.concat([spine_row(firm, as_of=day, own_loan=own_loan) for day in asked], ignore_index=True)
        meant = definition.compute([HELD], events, spine)
        alone = [compute([HELD], events, spine.iloc[[place]]) for place in range(len(spine))]
        pd.testing.assert_frame_equal(compute([HELD], events, spine), meant)
        pd.testing.assert_frame_equal(pd.concat(alone), meant)
        return [float(value) for value in meant.iloc[:, 0]]

    def why(self, day: str) -> list[tuple[str, tuple[str, int] | None]]:
        rows = rows_behind(HELD, self.events(), 1, date.fromisoformat(day))
        return [(str(row.code), row.superseded_by) for row in rows]


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
    assert house.why("2021-08-20") == [("counted", None)]
    assert house.why("2021-08-21") == [("not-in-force", ("B000002", 2))]
    assert house.why("2022-02-21") == [("counted", None)]


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


def test_other_events_end_nothing(house: House) -> None:
    house.listed()
    house.status(("年费滞纳", "2021-03-01", "2021-03-20"), ("质押登记", "2020-03-01", "2020-03-20"))

    assert house.held("2022-01-01") == [1]


def test_a_patent_that_was_sold_and_bought_back_is_held_again(house: House) -> None:
    house.listed()
    house.status(("转出", "2021-08-01", "2021-08-20"), ("转入", "2022-02-01", "2022-02-20"))

    assert house.held(*DAYS) == [1, 0, 0, 1]


def test_what_is_announced_on_one_day_counts_in_the_order_in_which_it_happened(house: House) -> None:
    day = "2022-02-20"
    house.listed()
    house.status(("恢复", "2022-02-01", day), ("终止", "2021-08-01", day))

    assert house.held("2022-02-20", "2022-02-21") == [1, 1]


def test_a_grant_that_comes_late_is_of_a_patent_that_has_ended_and_was_restored(house: House) -> None:
    pending = [NUMBER, "发明专利", "甲", "2017-07-21", "2018-06-01", None]
    house.load("专利清单", LIST, [[house.code, *pending, None, "2018-06-01"]])
    house.status(LAPSED, RESTORED)
    house.listed(known="2019-06-01")

    assert house.held(*DAYS) == [1, 0, 0, 1]


def test_an_event_of_the_judged_loan_or_that_may_be_ends_nothing_for_its_application(house: House) -> None:
    header = [*STATUS, "来源贷款申请编号"]
    sold = [house.code, NUMBER, "发明专利", "转出", "2021-08-01", "2021-08-20"]
    house.listed()
    house.load("专利法律状态", header, [[*sold, "A1"]])

    assert [house.held("2022-01-01", own_loan=loan) for loan in ("A1", "A2", None)] == [[1], [0], [0]]


def test_a_fresh_event_of_unknown_origin_waits_for_an_application_as_such_rows_do(house: House) -> None:
    house.listed()
    house.status(LAPSED)

    assert house.held("2021-09-01", "2021-10-19", "2021-10-20", own_loan="A1") == [1, 1, 0]


def test_events_of_another_patent_or_firm_change_nothing(house: House, codes: list[str]) -> None:
    house.listed()
    rows = [[house.code, "201310699744.2", "发明专利", *LAPSED], [codes[1], NUMBER, "发明专利", *LAPSED]]
    house.load("专利法律状态", STATUS, rows)

    assert house.held("2021-08-21") == [1]


def test_a_list_that_says_what_it_always_said_brings_no_patent_back(house: House) -> None:
    house.listed()
    house.status(LAPSED)
    report = house.listed(known="2022-01-05")

    assert (report.kept, report.already_known) == (0, 1)
    assert house.held("2022-01-05", "2022-01-06") == [0, 0]


def test_a_changed_row_that_does_not_know_of_the_end_is_the_newest_word_and_pointed_at(house: House) -> None:
    house.listed()
    house.status(LAPSED)
    report = house.listed(known="2022-01-05", title="乙")

    assert [(one.code, one.rows) for one in report.doubtful] == [("patent-end-untold", (2,))]
    assert house.held("2022-01-05", "2022-01-06") == [0, 1]


def test_a_list_that_knows_of_the_end_or_of_the_restoration_is_not_pointed_at(house: House) -> None:
    house.listed()
    house.status(LAPSED)
    ended = house.listed(known="2022-01-05", ceased="2021-08-01")
    house.status(RESTORED)

    assert (ended.doubtful, house.listed(known="2022-05-05", title="乙").doubtful) == ((), ())
    assert house.held("2022-01-06", "2022-02-21", "2022-05-06") == [0, 1, 1]


def test_taking_back_the_events_gives_the_patent_back_from_that_day_on(house: House) -> None:
    house.listed()
    lapse = house.status(LAPSED)
    house.undo(lapse)

    assert house.held("2021-08-21", "2025-12-31", "2026-01-01") == [0, 0, 1]


def test_taking_back_the_list_takes_the_patent_whatever_its_events_say(house: House) -> None:
    listed = house.listed()
    house.status(LAPSED, RESTORED)
    house.undo(listed)

    assert house.held("2025-12-31", "2026-01-01") == [1, 0]


def test_what_stands_again_cites_the_row_that_said_it_first(house: House) -> None:
    house.listed()
    wrong = house.listed(known="2019-07-01", title="乙")
    house.undo(wrong)

    [counted] = [row for row in rows_behind(HELD, house.events(), 1, date(2026, 1, 1)) if row.counted]

    assert (counted.batch_id, counted.file_row, counted.restored_by) == ("B000001", 2, "B000003")
    assert counted.why == "计入（经批次 B000003 恢复）"
