"""Is a batch taken back whole, with a reason, once, and can the same file come in again?"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from data.intake import BatchReport, load_file
from data.intake.reversal import BatchReversed, BatchUnknown, ReasonMissing, ReversalReport, undo_batch
from data.spec.access import BUREAU, bureau_access
from data.spec.identifiers import Identifier, Scheme
from data.spec.versions import latest_known
from data.store import Store
from data.store.audit import verify_chain
from data.store.orm import AUDIT_EVENT
from data.store.reads import find_enterprise, read_batches, read_events

Book = Callable[..., Path]
START = datetime(2026, 1, 1, 8, tzinfo=UTC)
REPORT = ["统一社会信用代码", "年度", "营业收入", "填报日期"]


class Clock:
    """Tell a later minute each time, as a real one does."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


def undo(store: Store, batch: str | None, clock: Clock, reason: str = "报送单位发错了文件") -> ReversalReport:
    assert batch is not None
    return undo_batch(store, batch, reason=reason, at=clock(), actor="test")


def revenues(store: Store, as_of: date = date(2026, 1, 1), before: datetime | None = None) -> list[float]:
    with store.work(at=START) as work:
        access = bureau_access("test", at=START)
        rows = read_events(work, ["annual_report"], access=access, recorded_before=before)["annual_report"]
    return sorted(latest_known(rows, pd.Timestamp(as_of))["revenue"].tolist())


@pytest.fixture
def load(store: Store, clock: Clock) -> Callable[[Path], BatchReport]:
    return lambda path: load_file(store, path, at=clock(), actor="test")


def test_what_a_batch_replaced_stands_again(
    store: Store, book: Book, codes: list[str], clock: Clock, load: Callable[[Path], BatchReport]
) -> None:
    load(book("财务年报.xlsx", [REPORT, [codes[0], 2023, 10, "2024-05-01"]]))
    wrong = load(
        book("财务年报二.xlsx", [REPORT, [codes[0], 2023, 99, "2024-09-01"], [codes[1], 2023, 7, "2024-09-01"]])
    )
    instant = clock()

    report = undo(store, wrong.batch_id, clock)

    assert (report.batch_id, report.records, report.rows) == ("B000003", 2, 3)
    assert revenues(store) == [10.0]
    assert revenues(store, date(2025, 12, 31)) == [7.0, 99.0]
    assert revenues(store, before=instant) == [7.0, 99.0]


def test_a_batch_taken_back_is_a_batch_of_its_own_in_the_audit_log(
    store: Store, book: Book, codes: list[str], clock: Clock, load: Callable[[Path], BatchReport]
) -> None:
    wrong = load(book("财务年报.xlsx", [REPORT, [codes[0], 2023, 10, "2024-05-01"]]))

    undo(store, wrong.batch_id, clock)

    with store.work(at=START) as work:
        batch = read_batches(work).iloc[-1]
        event = work.connection.execute(select(AUDIT_EVENT).order_by(AUDIT_EVENT.c.seq.desc())).first()
        assert verify_chain(work.connection, BUREAU) is None
        reference = work.refer("报送单位发错了文件")
    assert (batch["list"], batch["file_name"], batch["kept"]) == ("annual_report", "撤回 B000001", 1)
    assert event is not None
    assert (event.action, event.object) == ("batch.reversed", "B000002")
    assert "报送单位发错了文件" not in event.payload_canonical
    assert json.loads(event.payload_canonical)["reason"] == reference


def test_a_batch_is_taken_back_once_and_the_refusal_says_by_which(
    store: Store, book: Book, codes: list[str], clock: Clock, load: Callable[[Path], BatchReport]
) -> None:
    wrong = load(book("财务年报.xlsx", [REPORT, [codes[0], 2023, 10, "2024-05-01"]]))
    undo(store, wrong.batch_id, clock)

    with pytest.raises(BatchReversed, match=r"已由批次 B000002 撤回。.*请撤回 B000002") as caught:
        undo(store, wrong.batch_id, clock)

    assert caught.value.code == "batch-already-reversed"
    with store.work(at=START) as work:
        assert len(read_batches(work)) == 2


def test_taking_back_the_taking_back_restores_and_may_be_taken_back_again(
    store: Store, book: Book, codes: list[str], clock: Clock, load: Callable[[Path], BatchReport]
) -> None:
    load(book("财务年报.xlsx", [REPORT, [codes[0], 2023, 10, "2024-05-01"]]))
    wrong = load(book("财务年报二.xlsx", [REPORT, [codes[0], 2023, 99, "2024-09-01"]]))
    seen = []

    first = undo(store, wrong.batch_id, clock)
    seen.append(revenues(store))
    undo(store, first.batch_id, clock)
    seen.append(revenues(store))
    with pytest.raises(BatchReversed):
        undo(store, first.batch_id, clock)
    undo(store, wrong.batch_id, clock)
    seen.append(revenues(store))

    assert seen == [[10.0], [99.0], [10.0]]


def test_the_same_file_comes_in_again_after_its_batch_was_taken_back(
    store: Store, book: Book, codes: list[str], clock: Clock, load: Callable[[Path], BatchReport]
) -> None:
    path = book("财务年报.xlsx", [REPORT, [codes[0], 2023, 10, "2024-05-01"]])
    undo(store, load(path).batch_id, clock)
    assert revenues(store) == []

    again = load(path)

    assert (again.kept, again.seen_before) == (1, False)
    assert revenues(store) == [10.0]
    assert load(path).seen_before


def test_a_corrected_file_counts_though_it_was_known_earlier_than_the_taking_back(
    store: Store, book: Book, codes: list[str], clock: Clock, load: Callable[[Path], BatchReport]
) -> None:
    undo(store, load(book("财务年报.xlsx", [REPORT, [codes[0], 2023, 99, "2024-05-01"]])).batch_id, clock)

    load(book("财务年报更正.xlsx", [REPORT, [codes[0], 2023, 10, "2024-04-01"]]))

    assert revenues(store) == [10.0]


def test_files_that_said_the_same_later_are_named_and_come_in_when_loaded_again(
    store: Store, book: Book, codes: list[str], clock: Clock, load: Callable[[Path], BatchReport]
) -> None:
    header = [*REPORT[:3], "报送日期"]
    first = load(book("财务年报.xlsx", [header, [codes[0], 2023, 10, "2024-05-01"], [codes[1], 2023, 1, "2024-05-01"]]))
    later = book("财务年报六月.xlsx", [header, [codes[0], 2023, 10, "2024-06-01"], [codes[2], 2023, 5, "2024-06-01"]])
    load(later)

    report = undo(store, first.batch_id, clock)

    assert report.load_again == ("财务年报六月.xlsx（批次 B000002）",)
    assert revenues(store) == [5.0]
    assert (load(later).kept, revenues(store)) == (1, [5.0, 10.0])


def test_a_batch_whose_every_row_was_set_aside_can_be_taken_back(
    store: Store, book: Book, codes: list[str], clock: Clock, load: Callable[[Path], BatchReport]
) -> None:
    load(book("财务年报.xlsx", [REPORT, [codes[0], 2023, 10, "2024-05-01"]]))
    mixed = load(book("财务年报二.xlsx", [REPORT, [codes[0], 2023, 10, "2024-05-01"], ["9137", 2023, 1, "2024-05-01"]]))

    report = undo(store, mixed.batch_id, clock)

    assert (mixed.kept, report.records, report.rows) == (0, 0, 0)
    assert revenues(store) == [10.0]


def test_a_batch_of_no_such_number_and_a_reason_of_no_words_are_refused(store: Store, clock: Clock) -> None:
    with pytest.raises(BatchUnknown, match="没有编号为“B000077”的批次") as unknown:
        undo(store, "B000077", clock)
    with pytest.raises(ReasonMissing) as wordless:
        undo(store, "B000077", clock, reason="  ")

    assert (unknown.value.code, wordless.value.code) == ("batch-unknown", "reason-missing")


def test_a_clock_that_stands_still_does_not_undo_the_undoing(
    store: Store, book: Book, codes: list[str], clock: Clock
) -> None:
    path = book("财务年报.xlsx", [REPORT, [codes[0], 2023, 10, "2025-12-31"]])
    batch = load_file(store, path, at=START, actor="test").batch_id
    assert batch is not None

    undo_batch(store, batch, reason="试验", at=START, actor="test")
    gone = revenues(store, date(2026, 1, 2))
    load_file(store, path, at=START, actor="test")

    assert (gone, revenues(store, date(2026, 1, 2))) == ([], [10.0])


REGISTER = ["企业名称", "统一社会信用代码", "成立日期", "曾用名"]


def name_of(store: Store, code: str) -> str:
    with store.work(at=START) as work:
        found = find_enterprise(work, Identifier(Scheme.USCC, code), access=bureau_access("test", at=START))
    return found.name


def test_names_that_a_wrong_register_told_go_with_it_and_come_back_with_it(
    store: Store, book: Book, codes: list[str], clock: Clock, load: Callable[[Path], BatchReport]
) -> None:
    day = ["公告日期：2020-01-01"]
    load(book("企业名录.xlsx", [day, REGISTER, ["甲公司", codes[0], "2015-01-01", ""]]))
    wrong = book("企业名录错.xlsx", [["公告日期：2021-01-01"], REGISTER, ["乙公司", codes[0], "2015-01-01", "丙公司"]])
    batch = load(wrong).batch_id
    certificate = [["公告日期：2022-01-01"], ["企业名称", "高企证书编号", "发证日期", "有效期至"]]
    path = book("高新技术企业认定.xlsx", [*certificate, ["丙公司", "GR202137000001", "2021-12-07", "2024-12-07"]])
    seen = [name_of(store, codes[0])]

    undone = undo(store, batch, clock)
    seen.append(name_of(store, codes[0]))
    with pytest.raises(Exception, match="企业名录中没有名为“丙公司”的企业"):
        load_file(store, path, at=clock(), actor="test", list_name="high_tech_certificate")
    undo(store, undone.batch_id, clock)
    seen.append(name_of(store, codes[0]))

    assert seen == ["乙公司", "甲公司", "乙公司"]
    assert load_file(store, path, at=clock(), actor="test", list_name="high_tech_certificate").kept == 1


def test_a_name_that_another_file_tells_too_stays(
    store: Store, book: Book, codes: list[str], clock: Clock, load: Callable[[Path], BatchReport]
) -> None:
    first = book("企业名录.xlsx", [["公告日期：2020-01-01"], REGISTER[:3], ["甲公司", codes[0], "2015-01-01"]])
    again = book("企业名录二.xlsx", [["公告日期：2021-01-01"], REGISTER[:3], ["甲公司", codes[0], "2016-01-01"]])
    batch = load(first).batch_id
    load(again)

    undo(store, batch, clock)

    assert name_of(store, codes[0]) == "甲公司"
    assert load(first).kept == 1
