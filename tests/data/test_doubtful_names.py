"""Does a doubtful name wait, is a person's decision followed and remembered, and can it be taken back?"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from data.intake import BatchReport, load_file
from data.intake.deciding import DecisionReport, DoubtUnknown, NameDecided, decide_name
from data.intake.shrinking import ListShrunk
from data.spec.access import BUREAU, bureau_access
from data.spec.audit import Action
from data.spec.errors import EnterpriseUnknown
from data.spec.identifiers import parse_identifier, with_uscc_check_digit
from data.spec.versions import latest_known
from data.store import Store
from data.store.audit import verify_chain
from data.store.doubts import (
    add_decision,
    find_doubt,
    list_doubts,
    read_candidates,
    read_doubtful_rows,
    read_matches,
)
from data.store.orm import AUDIT_EVENT
from data.store.reads import find_enterprise, read_batches, read_events, read_names, read_numbers

Book = Callable[[str, Sequence[Sequence[object]]], Path]
AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
ACCESS = bureau_access("test", at=AT)
REGISTER = ["企业名称", "统一社会信用代码", "成立日期", "登记状态", "注销日期", "核准日期"]
NAMES = ("淄博恒拓新材料有限公司", "淄博恒达新材料有限公司", "山东远博泵业有限公司")
TYPO = "淄博恒托新材料有限公司"


@pytest.fixture
def register(store: Store, book: Book, codes: list[str]) -> None:
    rows = [[name, code, "2015-03-01", None, None, "2017-01-05"] for name, code in zip(NAMES, codes, strict=False)]
    load(store, book("企业名录.xlsx", [REGISTER, *rows]))


def load(store: Store, path: Path, *, at: datetime = AT) -> BatchReport:
    return load_file(store, path, at=at, actor="test")


def certificates(book: Book, *names: str, year: int = 2020, title: str = "高新技术企业认定") -> Path:
    """Write a list of certificates; the first is of a firm that every register here knows."""
    rows = [[name, f"GR{year}3700000{place}", f"{year}-12-07"] for place, name in enumerate((NAMES[2], *names))]
    header = ["企业名称", "证书编号", "发证日期"]
    return book(f"{title}{year}.xlsx", [[f"{title} 公告日期：{year}-12-20"], header, *rows])


def honours(book: Book, *names: str) -> Path:
    rows = [[name, "专精特新中小企业", f"2021-0{place + 1}-01"] for place, name in enumerate((NAMES[2], *names))]
    return book("专精特新名单.xlsx", [["公示日期：2021-06-01"], ["企业名称", "称号", "公布日期"], *rows])


def holders(store: Store, *, as_of: str = "2026-01-01") -> dict[str, int]:
    """Say who holds which certificate as known before a day."""
    with store.work(at=AT, read_only=True) as work:
        rows = read_events(work, ["high_tech_certificate"], access=ACCESS)["high_tech_certificate"]
    latest = latest_known(rows, pd.Timestamp(as_of))
    return dict(zip(latest["certificate_no"], latest["enterprise_id"], strict=True))


def decide(store: Store, code: str | None, *, entry: int = 1, at: datetime = LATER, **options: bool) -> DecisionReport:
    meant = None if code is None else parse_identifier(code)
    return decide_name(store, entry, enterprise=meant, at=at, actor="cli:one", **options)


def number(store: Store, code: str) -> int:
    with store.work(at=AT, read_only=True) as work:
        return read_numbers(work, parse_identifier(code).scheme, access=ACCESS)[code]


def snapshot(store: Store) -> tuple[int, int, str]:
    with store.work(at=AT, read_only=True) as work:
        doubt = list_doubts(work)[0]
        return len(read_batches(work)), doubt.version, doubt.state


@pytest.fixture
def waiting(store: Store, register: None, book: Book) -> BatchReport:
    """Load a list in which one name has a wrong character, on two rows."""
    return load(store, certificates(book, TYPO, TYPO))


def test_a_wrong_character_waits_with_its_candidates(store: Store, waiting: BatchReport, codes: list[str]) -> None:
    with store.work(at=AT, read_only=True) as work:
        doubts = list_doubts(work)
        candidates = read_candidates(work, [1])[1]
        rows = read_doubtful_rows(work)

    assert (waiting.kept, waiting.quarantined_rows) == (1, 2)
    assert [(one.list, one.name, one.code, one.state) for one in doubts] == [
        ("high_tech_certificate", TYPO, "name-unmatched", "waiting")
    ]
    assert [(one.enterprise_id, one.why) for one in candidates] == [(1, "one-character"), (2, "one-character")]
    assert candidates[0].score > 80
    assert rows["file_row"].tolist() == [4, 5]


def test_the_name_of_a_firm_that_merged_waits_with_the_one_that_took_it_over(
    store: Store, book: Book, codes: list[str]
) -> None:
    header = [*REGISTER, "合并后存续企业信用代码"]
    gone = [NAMES[0], codes[0], "2015-03-01", "合并注销", "2019-06-01", "2019-06-05", codes[3]]
    others = [("淄博金岭机械有限公司", codes[3]), (NAMES[2], codes[2])]
    kept = [[name, code, "2015-03-01", "存续", None, "2017-01-05", None] for name, code in others]
    load(store, book("企业名录.xlsx", [header, gone, *kept]))

    after = load(store, certificates(book, NAMES[0], year=2020))
    before = load(store, certificates(book, NAMES[0], year=2018))

    assert (after.kept, [one.code for one in after.quarantined]) == (1, ["name-out-of-time"])
    assert (before.kept, before.quarantined_rows) == (2, 0)
    with store.work(at=AT, read_only=True) as work:
        [doubt] = list_doubts(work)
        found = {one.enterprise_id: one.why for one in read_candidates(work, [doubt.id])[doubt.id]}
    assert found[number(store, codes[0])] == "same-name"
    assert found[number(store, codes[3])] == "successor"
    decide(store, codes[3])
    assert holders(store)["GR202037000001"] == number(store, codes[3])


def test_a_decision_takes_the_rows_in_without_their_file(store: Store, waiting: BatchReport, codes: list[str]) -> None:
    report = decide(store, codes[0])

    assert [(one.kept, one.file_name) for one in report.batches] == [(2, waiting.file_name)]
    assert holders(store) == {"GR202037000000": 3, "GR202037000001": 1, "GR202037000002": 1}
    with store.work(at=AT, read_only=True) as work:
        rows = read_events(work, ["high_tech_certificate"], access=ACCESS)["high_tech_certificate"]
        matches = read_matches(work, str(report.batches[0].batch_id))
    taken = rows[rows["enterprise_id"] == 1]
    assert taken["file_row"].tolist() == [4, 5]
    assert set(taken["known_on"]) == {pd.Timestamp(2020, 12, 20)}
    assert set(matches["basis"]) == {"decided"}
    assert set(matches["decision_id"]) == {report.decision.id}


def test_what_a_decision_took_in_is_looked_at_as_the_file_would_be(
    store: Store, waiting: BatchReport, book: Book, codes: list[str]
) -> None:
    report = decide(store, codes[2])

    # The firm has a certificate of the same day already.
    assert [(one.code, one.rows) for one in report.batches[0].doubtful] == [("certificates-overlap", (4, 5))]


def test_rows_taken_in_by_a_decision_are_no_measure_of_a_whole_list(
    store: Store, register: None, book: Book, codes: list[str]
) -> None:
    def members(name: str, firms: Sequence[str]) -> Path:
        rows = [[firm, f"联合体{place}", "成员", "2020-01-01"] for place, firm in enumerate(firms)]
        return book(name, [["公布日期：2024-06-01"], ["企业名称", "联合体名称", "角色", "加入日期"], *rows])

    load(store, members("创新联合体.xlsx", [NAMES[0]] * 80 + [TYPO] * 25))
    decide(store, codes[1])

    with pytest.raises(ListShrunk, match="105 行"):
        load(store, members("创新联合体二.xlsx", [NAMES[1]] * 20), at=LATER + timedelta(hours=1))


def test_what_a_decision_took_in_equals_what_the_file_says(
    store: Store, waiting: BatchReport, book: Book, codes: list[str]
) -> None:
    decide(store, codes[0])
    with store.work(at=AT, read_only=True) as work:
        before = len(read_batches(work))

    again = load(store, certificates(book, TYPO, TYPO), at=LATER)

    assert (again.kept, again.already_known, again.quarantined_rows, again.batch_id) == (0, 3, 0, None)
    with store.work(at=AT, read_only=True) as work:
        assert len(read_batches(work)) == before


def test_the_next_file_of_the_list_is_taken_at_once_and_other_lists_are_not(
    store: Store, waiting: BatchReport, book: Book, codes: list[str]
) -> None:
    decide(store, codes[1])

    same = load(store, certificates(book, TYPO, year=2023), at=LATER)
    other = load(store, honours(book, TYPO), at=LATER)

    assert (same.kept, same.quarantined_rows) == (2, 0)
    assert holders(store)["GR202337000001"] == 2
    assert [reason.code for reason in other.quarantined] == ["name-unmatched"]
    with store.work(at=AT, read_only=True) as work:
        assert read_matches(work, str(same.batch_id))["basis"].tolist() == ["decided"]
        assert [one.list for one in list_doubts(work, "waiting")] == ["honour_listing"]


def test_nobody_keeps_the_rows_aside_now_and_later(store: Store, waiting: BatchReport, book: Book) -> None:
    report = decide(store, None)
    later = load(store, certificates(book, TYPO, year=2023), at=LATER)

    assert (report.batches, report.waiting) == ((), 2)
    assert [reason.code for reason in later.quarantined] == ["name-of-nobody"]
    with store.work(at=AT, read_only=True) as work:
        assert list_doubts(work, "waiting") == []
        assert len(read_doubtful_rows(work, 1)) == 3


def test_a_decision_taken_back_withdraws_its_rows_and_takes_them_in_anew(
    store: Store, waiting: BatchReport, book: Book, codes: list[str]
) -> None:
    decide(store, codes[0])
    load(store, certificates(book, TYPO, year=2023), at=LATER)

    report = decide(store, codes[1], at=LATER + timedelta(hours=1), revise=True)

    assert report.withdrawn == 3
    assert sum(one.kept for one in report.batches) == 3
    assert {key: who for key, who in holders(store).items() if who != 3} == {
        "GR202037000001": 2,
        "GR202037000002": 2,
        "GR202337000001": 2,
    }
    with store.work(at=AT, read_only=True) as work:
        assert verify_chain(work.connection, BUREAU) is None


def test_an_enterprise_decided_again_gets_its_rows_back(store: Store, waiting: BatchReport, codes: list[str]) -> None:
    for code in (codes[0], codes[1], codes[0], None, codes[0]):
        # The clock stands still: what is recorded later must count all the same.
        report = decide(store, code, revise=True)

    assert report.decision.version == 5
    assert {key: who for key, who in holders(store).items() if who != 3} == {
        "GR2020370000" + end: 1 for end in ("01", "02")
    }


def test_what_was_answered_before_a_decision_was_taken_back_can_be_answered_again(
    store: Store, waiting: BatchReport, codes: list[str]
) -> None:
    decide(store, codes[0])
    decide(store, codes[1], at=LATER + timedelta(hours=1), revise=True)

    with store.work(at=AT, read_only=True) as work:
        then = read_events(
            work, ["high_tech_certificate"], access=ACCESS, recorded_before=LATER + timedelta(minutes=30)
        )["high_tech_certificate"]

    assert latest_known(then, pd.Timestamp(2026, 1, 1))["enterprise_id"].tolist() == [3, 1, 1]


def test_taking_a_row_back_leaves_what_other_lists_said_of_the_record(
    store: Store, waiting: BatchReport, book: Book, codes: list[str]
) -> None:
    rows = [[NAMES[2], "GR202037000000", "2020-12-07"], [NAMES[0], "GR202037000001", "2020-11-01"]]
    header = ["企业名称", "证书编号", "发证日期"]
    load(store, book("高企早.xlsx", [["高新技术企业认定 公告日期：2020-12-01"], header, *rows]))
    decide(store, codes[0])

    decide(store, codes[1], at=LATER + timedelta(hours=1), revise=True)

    with store.work(at=AT, read_only=True) as work:
        every = read_events(work, ["high_tech_certificate"], access=ACCESS)["high_tech_certificate"]
    own = latest_known(every, pd.Timestamp(2026, 1, 1))
    own = own[own["enterprise_id"] == 1]
    assert own[["certificate_no", "issued_on"]].values.tolist() == [["GR202037000001", pd.Timestamp(2020, 11, 1)]]


def test_an_entry_that_is_not_there_and_a_firm_that_is_not_there_change_nothing(
    store: Store, waiting: BatchReport, codes: list[str]
) -> None:
    before = snapshot(store)

    with pytest.raises(DoubtUnknown):
        decide(store, codes[0], entry=99)
    with pytest.raises(EnterpriseUnknown):
        decide(store, with_uscc_check_digit("91370303MA9999999"))

    assert snapshot(store) == before


@pytest.mark.parametrize(("again", "revise"), [(0, False), (1, False), (0, True)])
def test_a_decision_taken_twice_says_who_decided_and_changes_nothing(
    store: Store, waiting: BatchReport, codes: list[str], again: int, revise: bool
) -> None:
    decide(store, codes[0])
    before = snapshot(store)

    with pytest.raises(NameDecided, match="cli:one") as refused:
        decide(store, codes[again], revise=revise)

    assert ("--revise" in refused.value.help) is (again == 1)
    assert snapshot(store) == before


def test_of_two_who_decide_at_once_one_is_told(store: Store, waiting: BatchReport, codes: list[str]) -> None:
    with store.work(at=AT, read_only=True) as work:
        seen = find_doubt(work, 1)
    assert seen is not None
    decide(store, codes[0])

    with store.work(at=LATER) as work:
        late = add_decision(work, seen, enterprise_id=2, actor="cli:two", audit=None)  # type: ignore[arg-type] # not reached

    assert late is None
    assert snapshot(store)[1:] == (1, "decided")


def test_of_two_threads_that_decide_at_once_one_wins_and_one_hears_of_it(
    store: Store, waiting: BatchReport, codes: list[str]
) -> None:
    def attempt(code: str) -> str:
        try:
            return str(decide(store, code).enterprise)
        except NameDecided as refused:
            return refused.code

    with ThreadPoolExecutor(2) as two:
        answers = list(two.map(attempt, codes[:2]))

    assert answers.count("name-decided") == 1
    assert len(set(holders(store).values()) - {3}) == 1
    assert snapshot(store)[1:] == (1, "decided")


def test_a_fault_half_way_leaves_nothing(
    store: Store, waiting: BatchReport, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(store)
    monkeypatch.setattr("data.intake.deciding.take_rows", lambda *_, **__: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        decide(store, codes[0])

    assert snapshot(store) == before


def test_every_act_is_in_the_log_without_names(store: Store, waiting: BatchReport, codes: list[str]) -> None:
    decide(store, codes[0])
    decide(store, None, revise=True)

    with store.work(at=AT, read_only=True) as work:
        told = work.connection.execute(select(AUDIT_EVENT.c.action, AUDIT_EVENT.c.payload_canonical)).all()
    actions = [row.action for row in told]
    assert [actions.count(str(one)) for one in (Action.NAME_DECIDED, Action.NAME_RECONSIDERED)] == [1, 1]
    assert actions.count(str(Action.ROWS_RETRACTED)) == 1
    assert not any(TYPO in row.payload_canonical or codes[0] in row.payload_canonical for row in told)


def test_a_decision_that_the_register_now_contradicts_is_asked_for_again_once(
    store: Store, waiting: BatchReport, book: Book, codes: list[str]
) -> None:
    decide(store, codes[0])
    row = [TYPO, codes[5], "2015-03-01", None, None, "2018-01-05"]
    load(store, book("企业名录二.xlsx", [REGISTER, row]), at=LATER)

    asked = load(store, certificates(book, TYPO, year=2023), at=LATER)
    report = decide(store, codes[0], at=LATER + timedelta(hours=1))
    after = load(store, certificates(book, TYPO, year=2024), at=LATER + timedelta(hours=2))

    assert [reason.code for reason in asked.quarantined] == ["decision-contradicted"]
    assert sum(one.kept for one in report.batches) + report.withdrawn > 0
    assert after.quarantined_rows == 0
    assert {who for key, who in holders(store).items() if not key.endswith("0")} == {1}


def test_a_decision_against_what_the_register_has_learned_is_taken_the_second_time(
    store: Store, waiting: BatchReport, book: Book, codes: list[str]
) -> None:
    load(store, book("企业名录二.xlsx", [REGISTER, [TYPO, codes[5], "2015-03-01", None, None, "2018-01-05"]]))

    first = decide(store, codes[0])
    second = decide(store, codes[0])

    assert (first.doubt.state, first.waiting) == ("waiting", 2)
    assert (second.doubt.state, second.waiting) == ("decided", 0)
    assert set(holders(store).values()) == {1, 3}


def test_rows_of_a_file_that_now_find_their_enterprise_no_longer_wait(
    store: Store, register: None, book: Book, codes: list[str]
) -> None:
    path = certificates(book, TYPO, TYPO)
    load(store, path)
    load(store, book("企业名录二.xlsx", [REGISTER, [TYPO, codes[5], "2015-03-01", None, None, "2018-01-05"]]))

    again = load(store, path, at=LATER)

    assert again.kept == 2
    with store.work(at=AT, read_only=True) as work:
        assert read_doubtful_rows(work)["taken_batch_id"].tolist() == [again.batch_id] * 2


def test_a_file_loaded_again_does_not_make_its_rows_wait_twice(
    store: Store, waiting: BatchReport, book: Book, codes: list[str]
) -> None:
    load(
        store,
        book("企业名录二.xlsx", [REGISTER, ["淄博新来有限公司", codes[6], "2015-03-01", None, None, "2018-01-05"]]),
    )
    path = certificates(book, TYPO, "淄博新来有限公司", year=2021)
    load(store, path, at=LATER)

    load(store, path, at=LATER)

    with store.work(at=AT, read_only=True) as work:
        assert len(read_doubtful_rows(work)) == 3


def test_renamings_of_one_day_that_lead_back_are_set_aside(
    store: Store, register: None, book: Book, codes: list[str]
) -> None:
    load(store, certificates(book, NAMES[0], NAMES[1]))
    header = ["企业名称", "更名前名称", "证书编号"]
    rows = [
        ["淄博新一有限公司", NAMES[0], "GR202037000001"],
        [NAMES[0], "淄博新一有限公司", "GR202037000001"],
        ["淄博新二有限公司", NAMES[1], "GR202037000002"],
        [NAMES[2], NAMES[2], "GR202037000000"],
    ]

    report = load(store, book("高新技术企业更名公告.xlsx", [["高新技术企业更名 公告日期：2021-06-01"], header, *rows]))

    assert [(reason.code, reason.rows) for reason in report.quarantined] == [("name-cycle", (3, 4, 6))]
    assert report.kept == 1


def test_a_firm_that_returns_to_its_old_name_bears_it_again(
    store: Store, register: None, book: Book, codes: list[str]
) -> None:
    header = ["企业名称", "更名前名称", "证书编号"]
    load(store, certificates(book, NAMES[0]))
    for day, (new, old) in {
        "2021-06-01": ("淄博新一有限公司", NAMES[0]),
        "2022-06-01": (NAMES[0], "淄博新一有限公司"),
    }.items():
        rows = [[new, old, "GR202037000001"]]
        load(store, book(f"更名{day}.xlsx", [[f"高新技术企业更名 公告日期：{day}"], header, *rows]))

    with store.work(at=AT, read_only=True) as work:
        names = read_names(work, access=ACCESS)
        assert find_enterprise(work, parse_identifier(codes[0]), access=ACCESS).name == NAMES[0]
    own = names[names["enterprise_id"] == 1]
    assert own["name"].tolist() == [NAMES[0], "淄博新一有限公司", NAMES[0]]
    assert own["since"].dt.year.tolist() == [2017, 2021, 2022]


def test_a_name_that_is_nothing_but_marks_is_no_name(store: Store, register: None, book: Book) -> None:
    report = load(store, certificates(book, "（）", None))  # type: ignore[arg-type] # a blank cell

    assert [(reason.code, reason.rows) for reason in report.quarantined] == [("identifier-missing", (4, 5))]


def test_a_day_in_a_decided_row_stays_a_day(store: Store, waiting: BatchReport, codes: list[str]) -> None:
    decide(store, codes[0])

    with store.work(at=AT, read_only=True) as work:
        rows = read_events(work, ["high_tech_certificate"], access=ACCESS)["high_tech_certificate"]
    assert rows["issued_on"].dt.date.tolist() == [date(2020, 12, 7)] * 3
