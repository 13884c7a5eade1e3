"""Are lists that can hardly be true refused or pointed at, each by a code of its own, with nothing lost?"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.intake import BatchReport, load_file
from data.intake.checks import find_faults
from data.intake.files import Instructions
from data.intake.returning import write_quarantine
from data.intake.reversal import undo_batch
from data.intake.shrinking import ListShrunk, rules
from data.intake.versions import complete
from data.spec.access import bureau_access
from data.spec.dated import ValueStatus
from data.spec.identifiers import with_uscc_check_digit
from data.spec.table import Table
from data.spec.tables import TABLES
from data.store import Store
from data.store.reads import read_batches, read_events, read_quarantine

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
Book = Callable[..., Path]
USCC = "统一社会信用代码"


def load(store: Store, path: Path, *, force: bool = False, **options: Any) -> BatchReport:
    given = {"known_on": date(2025, 1, 1)} | options
    return load_file(store, path, at=AT, actor="test", instructions=Instructions(force=force), **given)


def doubts(report: BatchReport) -> dict[str, tuple[int, ...]]:
    return {one.code: one.rows for one in report.doubtful}


def reasons(report: BatchReport) -> dict[str, tuple[int, ...]]:
    return {one.code: one.rows for one in report.quarantined}


def tenancies(book: Book, name: str, rows: Sequence[Sequence[object]]) -> Path:
    return book(name, [[USCC, "载体名称", "入驻日期", "毕业日期"], *rows])


PERIODS = {
    "one within the other": (("2020-01-01", "2022-01-01"), ("2020-06-01", "2020-07-01"), (2, 3)),
    "open, then another": (("2020-01-01", None), ("2023-01-01", "2024-01-01"), (2, 3)),
    "the next begins as the first ends": (("2020-01-01", "2022-01-01"), ("2022-01-01", None), ()),
    "far apart": (("2020-01-01", "2021-01-01"), ("2023-01-01", None), ()),
}


@pytest.mark.parametrize(("first", "second", "rows"), PERIODS.values(), ids=PERIODS)
def test_two_tenancies_at_once_are_kept_and_pointed_at(
    store: Store, book: Book, codes: list[str], first: Any, second: Any, rows: tuple[int, ...]
) -> None:
    report = load(store, tenancies(book, "孵化.xlsx", [[codes[0], "甲", *first], [codes[0], "乙", *second]]))

    assert doubts(report) == ({"tenancies-overlap": rows} if rows else {})
    assert (report.kept, report.quarantined_rows) == (2, 0)


def test_periods_of_different_firms_do_not_overlap(store: Store, book: Book, codes: list[str]) -> None:
    rows = [[codes[0], "甲", "2020-01-01", None], [codes[1], "甲", "2020-01-01", None]]

    assert doubts(load(store, tenancies(book, "孵化.xlsx", rows))) == {}


def test_a_period_that_overlaps_one_known_before_is_pointed_at_and_a_correction_of_it_is_not(
    store: Store, book: Book, codes: list[str]
) -> None:
    load(store, tenancies(book, "一.xlsx", [[codes[0], "甲", "2020-01-01", None]]))

    other = load(store, tenancies(book, "二.xlsx", [[codes[0], "乙", "2024-01-01", None]]))
    correction = tenancies(book, "三.xlsx", [[codes[0], "甲", "2020-01-01", "2023-01-01"]])
    corrected = load(store, correction, known_on=date(2025, 2, 1))

    assert (doubts(other), doubts(corrected)) == ({"tenancies-overlap": (2,)}, {})


def test_the_same_person_in_two_firms_at_once_is_pointed_at(store: Store, book: Book, codes: list[str]) -> None:
    header = [USCC, "人员代码", "人才类别", "起始日期", "结束日期"]
    rows = [[codes[0], "P1", "科技副总", "2023-01-01", None], [codes[1], "P1", "科技副总", "2024-01-01", None]]

    report = load(store, book("科技人才.xlsx", [header, *rows, [codes[2], "P2", "科技副总", "2023-01-01", None]]))

    assert doubts(report) == {"posts-overlap": (2, 3)}
    assert report.kept == 3


def test_the_same_guarantee_under_two_numbers_is_pointed_at(store: Store, book: Book, codes: list[str]) -> None:
    header = [USCC, "担保合同号", "被担保企业信用代码", "担保金额", "担保起始日", "担保到期日"]
    same = [codes[1], 500, "2023-01-01", "2024-01-01"]
    rows = [[codes[0], "D1", *same], [codes[0], "D2", *same], [codes[0], "D3", codes[1], 700, "2023-01-01", None]]

    report = load(store, book("担保关系.xlsx", [header, *rows]))

    assert doubts(report) == {"guarantees-overlap": (2, 3)}


LOAN = [USCC, "借据号", "申请编号", "银行", "产品", "贷款金额", "放款日期", "到期日期"]
EVENT = [USCC, "借据号", "变动类型", "发生日期", "涉及金额"]


def lent(code: str, number: str = "J1") -> list[object]:
    return [code, number, f"S{number}", "演示银行", "鲁科贷", 100, "2023-01-01", "2024-01-01"]


LOSSES = {
    "more than the loan": ([("代偿", "2024-03-01", 101), ("追偿收回", "2024-05-01", 500)], (2,)),
    "as much as the loan": ([("代偿", "2024-03-01", 100), ("追偿收回", "2024-05-01", 500)], ()),
    "more than the loan together": ([("代偿", "2024-03-01", 80), ("核销", "2024-06-01", 21)], (2, 3)),
    "as much together": ([("代偿", "2024-03-01", 80), ("核销", "2024-06-01", 20)], ()),
}


@pytest.mark.parametrize(("events", "rows"), LOSSES.values(), ids=LOSSES)
def test_losses_larger_than_their_loan_are_pointed_at(
    store: Store, book: Book, codes: list[str], events: Any, rows: tuple[int, ...]
) -> None:
    load(store, book("贷款台账.xlsx", [LOAN, lent(codes[0]), lent(codes[1])]))

    report = load(store, book("贷款变动.xlsx", [EVENT, *([codes[0], "J1", *event] for event in events)]))

    assert doubts(report) == ({"loss-over-loan": rows} if rows else {})
    assert report.kept == len(events)


def test_a_loss_adds_to_those_told_before_and_a_corrected_one_takes_the_place_of_the_first(
    store: Store, book: Book, codes: list[str]
) -> None:
    load(store, book("贷款台账.xlsx", [LOAN, lent(codes[0])]))
    load(store, book("一.xlsx", [EVENT, [codes[0], "J1", "代偿", "2024-03-01", 80]]))

    more = load(store, book("二.xlsx", [EVENT, [codes[0], "J1", "核销", "2024-06-01", 21]]))
    corrected = book("三.xlsx", [EVENT, [codes[0], "J1", "代偿", "2024-03-01", 79]])

    assert doubts(more) == {"loss-over-loan": (2,)}
    assert doubts(load(store, corrected, known_on=date(2025, 2, 1))) == {}


def test_a_loan_that_comes_after_its_loss_is_pointed_at(store: Store, book: Book, codes: list[str]) -> None:
    load(store, book("贷款变动.xlsx", [EVENT, [codes[0], "J1", "代偿", "2024-03-01", 101]]))

    report = load(store, book("贷款台账.xlsx", [LOAN, lent(codes[0]), lent(codes[0], "J2"), lent(codes[1])]))

    assert doubts(report) == {"loss-over-loan": (2,)}
    assert report.kept == 3


CERTIFICATES = {
    "renewed in the year it ends": (("2018-11-30", "2021-11-30"), ("2021-10-28", "2024-10-28"), ()),
    "a second one in the first year": (("2018-11-30", "2021-11-30"), ("2019-11-28", "2022-11-28"), (2, 3)),
}


@pytest.mark.parametrize(("first", "second", "rows"), CERTIFICATES.values(), ids=CERTIFICATES)
def test_two_certificates_for_more_than_a_year_are_pointed_at(
    store: Store, book: Book, codes: list[str], first: Any, second: Any, rows: tuple[int, ...]
) -> None:
    header = [USCC, "证书编号", "发证日期", "有效期至"]

    report = load(store, book("高新技术企业认定.xlsx", [header, [codes[0], "G1", *first], [codes[0], "G2", *second]]))

    assert doubts(report) == ({"certificates-overlap": rows} if rows else {})
    assert report.kept == 2


def test_the_same_honour_or_cultivation_twice_at_once_is_pointed_at(store: Store, book: Book, codes: list[str]) -> None:
    listed = [USCC, "称号", "级别", "公布日期", "移出日期"]
    honours = [("瞪羚企业", "省级"), ("瞪羚企业", "市级"), ("瞪羚企业", "省级")]
    spans = zip(honours, ("2020-01-01", "2020-02-01", "2021-01-01"), strict=True)
    entered = [USCC, "培育计划", "入库日期", "出库日期"]

    honoured = load(store, book("瞪羚.xlsx", [listed, *([codes[0], *words, day, None] for words, day in spans)]))
    seedlings = [[codes[0], "育苗", "2020-01-01", "2021-06-01"], [codes[0], "育苗", "2021-01-01", None]]
    cultivated = load(store, book("培育库.xlsx", [entered, *seedlings]))

    assert (doubts(honoured), doubts(cultivated)) == ({"honours-overlap": (2, 4)}, {"listings-overlap": (2, 3)})


PATENT = [USCC, "申请号", "专利类型", "专利名称", "申请日", "公开日"]
NUMBER = "201710601862.3"


def filed(code: str, kind: str = "发明专利", day: str = "2017-07-21") -> list[object]:
    return [code, NUMBER, kind, "甲", day, "2018-06-01"]


def test_a_legal_status_before_the_filing_is_pointed_at_whichever_list_comes_first(
    store: Store, book: Book, codes: list[str]
) -> None:
    status = [USCC, "申请号", "专利类型", "法律状态", "法律状态日"]
    early = [[codes[place], NUMBER, "发明专利", "授权", "2017-07-20"] for place in (0, 1)]
    load(store, book("专利清单.xlsx", [PATENT, filed(codes[0])]))

    granted = load(store, book("法律状态.xlsx", [status, *early]))
    other = load(store, book("专利清单二.xlsx", [PATENT, filed(codes[2]), filed(codes[1])]))

    assert (doubts(granted), granted.kept) == ({"event-before-filing": (2,)}, 2)
    assert (doubts(other), other.kept) == ({"event-before-filing": (3,)}, 2)


def test_a_legal_status_of_another_kind_of_patent_is_pointed_at(store: Store, book: Book, codes: list[str]) -> None:
    status = [USCC, "申请号", "专利类型", "法律状态", "法律状态日"]
    load(store, book("专利清单.xlsx", [PATENT, filed(codes[0])]))
    rows = [[codes[0], NUMBER, kind, "年费滞纳", f"202{n}-07-20"] for n, kind in enumerate(("发明专利", "实用新型"))]

    report = load(store, book("法律状态.xlsx", [status, *rows, [codes[1], NUMBER, "实用新型", "授权", "2019-07-20"]]))

    assert (doubts(report), report.kept) == ({"patent-kind-differs": (3,)}, 3)


@pytest.mark.parametrize(
    ("second", "odd"),
    [({}, False), ({"kind": "实用新型"}, True), ({"day": "2017-07-22"}, True)],
    ids=["shared", "of another kind", "filed on another day"],
)
def test_one_application_number_told_differently_by_two_firms_is_pointed_at(
    store: Store, book: Book, codes: list[str], second: dict[str, str], odd: bool
) -> None:
    load(store, book("专利清单.xlsx", [PATENT, filed(codes[0])]))

    report = load(store, book("专利清单二.xlsx", [PATENT, filed(codes[1], **second)]))

    assert doubts(report) == ({"patent-told-differently": (2,)} if odd else {})
    assert report.kept == 1


def test_a_patent_that_its_own_firm_corrects_is_not_pointed_at(store: Store, book: Book, codes: list[str]) -> None:
    load(store, book("专利清单.xlsx", [PATENT, filed(codes[0])]))

    corrected = load(
        store, book("专利清单二.xlsx", [PATENT, filed(codes[0], kind="实用新型")]), known_on=date(2025, 2, 1)
    )

    assert (corrected.kept, corrected.doubtful) == (1, ())


def test_one_loan_number_of_two_banks_is_pointed_at(store: Store, book: Book, codes: list[str]) -> None:
    load(store, book("贷款台账.xlsx", [LOAN, lent(codes[0])]))
    other = [cell if cell != "演示银行" else "另一银行" for cell in lent(codes[0])]

    report = load(store, book("贷款台账二.xlsx", [LOAN, other, lent(codes[1]), lent(codes[0], "J2")]))

    assert (doubts(report), report.kept) == ({"loan-number-of-another-bank": (2,)}, 3)


def test_a_person_who_was_told_of_in_another_firm_before_is_pointed_at(
    store: Store, book: Book, codes: list[str]
) -> None:
    header = [USCC, "人员代码", "人才类别", "起始日期"]
    load(store, book("科技人才.xlsx", [header, [codes[0], "P1", "科技副总", "2023-01-01"]]))

    report = load(store, book("科技人才二.xlsx", [header, [codes[1], "P1", "科技副总", "2024-01-01"]]))

    assert doubts(report) == {"posts-overlap": (2,)}


IMPOSSIBLE = {
    "grant-before-filing": (
        "专利.xlsx",
        [USCC, "申请号", "专利类型", "专利名称", "申请日", "公开日", "授权公告日"],
        ["201710601862.3", "发明专利", "甲", "2020-01-01", "2020-06-01", "2019-12-31"],
    ),
    "claim-over-insured": (
        "科技保险.xlsx",
        [USCC, "保单号", "起保日期", "保险金额", "理赔金额"],
        ["B1", "2023-01-01", 100, 101],
    ),
    "undrawn-over-amount": (
        "贷款台账.xlsx",
        [USCC, "借据号", "申请编号", "银行", "产品", "贷款金额", "未提用额度", "放款日期", "到期日期"],
        ["J1", "S1", "演示银行", "鲁科贷", 100, 101, "2023-01-01", "2024-01-01"],
    ),
    "grant-over-budget": (
        "科技计划项目.xlsx",
        [USCC, "项目编号", "计划类别", "项目级别", "承担方式", "项目总预算", "财政资助", "立项日期"],
        ["X1", "其他科技计划", "市级", "牵头", 100, 101, "2023-01-01"],
    ),
}


@pytest.mark.parametrize("code", IMPOSSIBLE)
def test_a_row_that_contradicts_itself_is_set_aside_and_the_rest_kept(
    store: Store, book: Book, codes: list[str], code: str
) -> None:
    name, header, row = IMPOSSIBLE[code]
    sound = [cell if cell not in (101, "2019-12-31") else (100 if cell == 101 else "2020-07-01") for cell in row]
    sound[0] = "201310699744.2" if "." in str(row[0]) else "Z9"

    report = load(store, book(name, [header, [codes[0], *row], [codes[0], *sound]]))

    assert reasons(report) == {code: (2,)}
    assert report.kept == 1
    assert len(report.faults[0].columns) == 2


STATES = [table for table in TABLES.values() if table.ended]


@pytest.mark.parametrize("table", STATES, ids=lambda table: table.name)
def test_what_ends_before_it_begins_cannot_be_true(table: Table) -> None:
    assert table.ended is not None
    ends = [pd.Timestamp("2023-01-01"), pd.Timestamp("2023-01-02"), pd.NaT]
    said = pd.DataFrame({table.ended: ends, "enterprise_id": 1, "file_row": [2, 3, 4]})
    rows = complete(table, said.assign(**{table.happened: pd.Timestamp("2023-01-02")}))

    found = find_faults(table, rows, checks=(), today=AT.date())

    assert [(one.file_row, one.columns) for one in found if one.code == "ends-before-start"] == [
        (2, (table.ended, table.happened))
    ]


def test_a_project_accepted_after_it_was_withdrawn_is_pointed_at(store: Store, book: Book, codes: list[str]) -> None:
    header = [USCC, "项目编号", "计划类别", "项目级别", "承担方式", "立项日期", "撤销日期", "验收日期"]
    plan = ["其他科技计划", "市级", "牵头", "2019-01-01"]
    days = [("2021-06-01", "2022-03-01"), ("2022-03-01", "2021-06-01"), (None, "2021-06-01"), ("2021-06-01", None)]

    report = load(
        store, book("项目.xlsx", [header, *([codes[0], f"X{n}", *plan, *told] for n, told in enumerate(days))])
    )

    assert (doubts(report), report.kept) == ({"accepted-after-withdrawal": (2,)}, 4)


def instruments(book: Book, codes: list[str], name: str, *, count: int, start: int = 0) -> Path:
    rows = [[codes[0], f"Y{number}", "2020-01-01"] for number in range(start, start + count)]
    return book(name, [[USCC, "仪器编号", "入网日期"], *rows])


@pytest.mark.parametrize(("rows", "refused"), [(20, True), (21, False)], ids=["half", "more than half"])
def test_a_whole_list_that_shrinks_by_half_is_refused_unless_forced(
    store: Store, book: Book, codes: list[str], rows: int, refused: bool
) -> None:
    load(store, instruments(book, codes, "仪器一月.xlsx", count=40))
    short = instruments(book, codes, "仪器二月.xlsx", count=rows, start=100)

    if refused:
        with pytest.raises(ListShrunk, match=r"只有 20 行，上一份（批次 B000001，“仪器一月\.xlsx”）有 40 行") as told:
            load(store, short)
        assert told.value.code == "list-shrunk"
        assert "--force" in told.value.help
        with store.work(at=AT) as work:
            assert len(read_batches(work)) == 1

    assert load(store, short, force=True).kept == rows


def test_a_short_list_follows_a_short_one_and_one_taken_back_is_no_measure(
    store: Store, book: Book, codes: list[str]
) -> None:
    load(store, instruments(book, codes, "一.xlsx", count=19))
    load(store, instruments(book, codes, "二.xlsx", count=2, start=50))
    batch = load(store, instruments(book, codes, "三.xlsx", count=90, start=100)).batch_id
    assert batch is not None

    undo_batch(store, batch, reason="多报", at=AT, actor="test")

    assert load(store, instruments(book, codes, "四.xlsx", count=21, start=300)).kept == 21


def test_a_list_that_may_come_in_parts_is_taken_and_its_shrinking_noted(
    store: Store, book: Book, codes: list[str]
) -> None:
    header = ["企业名称", USCC, "成立日期"]
    firms = [[f"演示{place}", with_uscc_check_digit(f"91370303MB{place:07d}"), "2015-01-01"] for place in range(40)]
    load(store, book("企业名录一月.xlsx", [header, *firms]))

    few = load(store, book("企业名录二月.xlsx", [header, *[[f"{name}新", *rest] for name, *rest in firms[:5]]]))
    many = load(store, book("企业名录三月.xlsx", [header, *[[f"{name}又", *rest] for name, *rest in firms[:30]]]))
    forced = load(
        store, book("企业名录四月.xlsx", [header, *[[f"{name}再", *rest] for name, *rest in firms[:5]]]), force=True
    )

    told = "本次 5 行，上一份（批次 B000001）40 行"
    assert few.kept == 5
    assert [[told in note for note in one.notes].count(True) for one in (few, many, forced)] == [1, 0, 0]
    assert not any("上一份" in note for one in (many, forced) for note in one.notes)


def test_yearly_lists_may_shrink(store: Store, book: Book, codes: list[str]) -> None:
    header = [USCC, "年度", "净利润"]
    load(
        store,
        book(
            "年报2022.xlsx",
            [header, *([code, 2022, 1] for code in codes), *([codes[0], y, 1] for y in range(1990, 2020))],
        ),
    )

    assert load(store, book("年报2023.xlsx", [header, [codes[0], 2023, 1]])).kept == 1


def test_corrected_rows_of_a_whole_list_are_no_shrunk_list(
    store: Store, book: Book, codes: list[str], tmp_path: Path
) -> None:
    rows = [[codes[0], f"Y{number}", "2020-01-01"] for number in range(40)]
    first = load(store, book("仪器.xlsx", [[USCC, "仪器编号", "入网日期"], *rows, [codes[0], "Y99", "2020-02-31"]]))
    assert first.batch_id is not None
    write_quarantine(store, first.batch_id, tmp_path / "待更正.xlsx", at=AT)

    from openpyxl import load_workbook

    again = load_workbook(tmp_path / "待更正.xlsx")
    again["待更正"]["C3"].value = "2020-02-28"
    again.save(tmp_path / "待更正.xlsx")

    assert load(store, tmp_path / "待更正.xlsx").kept == 1


def test_the_limits_are_dated_and_say_whose_judgement_they_are() -> None:
    for parameter in rules().parameters.values():
        for value in parameter.values.values():
            assert value.status is ValueStatus.UNVERIFIED
            assert "判断" in value.reference


def test_the_same_file_under_another_name_is_recognised_by_both_names(
    store: Store, book: Book, codes: list[str], tmp_path: Path
) -> None:
    first = book("财务年报.xlsx", [[USCC, "年度", "净利润"], [codes[0], 2023, 1]])
    load(store, first)
    renamed = first.rename(tmp_path / "财务年报（最终版）.xlsx")

    report = load(store, renamed)

    assert (report.seen_before, report.batch_id, report.file_name) == (True, None, "财务年报（最终版）.xlsx")
    assert report.notes[-1] == "同一文件已作为批次 B000001 导入，当时名为“财务年报.xlsx”"


def test_sources_that_disagree_are_both_kept(store: Store, book: Book, codes: list[str]) -> None:
    load(store, book("企业名录.xlsx", [["企业名称", USCC, "成立日期", "职工人数"], ["甲", codes[0], "2015-01-01", 30]]))
    header = [USCC, "年度", "统计口径", "研发人员", "从业人员"]
    load(store, book("研发投入.xlsx", [header, [codes[0], 2023, "统计", 5, 12], [codes[0], 2023, "会计", 5, 99]]))

    with store.work(at=AT) as work:
        names = ["enterprise_registration", "rnd_year"]
        said = read_events(work, names, access=bureau_access("test", at=AT))

    assert said["enterprise_registration"]["staff"].tolist() == [30]
    assert sorted(said["rnd_year"]["staff"]) == [12, 99]


def test_a_destroyed_code_is_looked_for_by_name_and_suggested_but_not_filled_in(
    store: Store, book: Book, codes: list[str]
) -> None:
    register = [[f"淄博演示{place}有限公司", code, "2015-01-01"] for place, code in enumerate(codes[:3])]
    load(store, book("企业名录.xlsx", [["企业名称", USCC, "成立日期"], *register, ["同名", codes[3], "2015-01-01"]]))
    load(store, book("企业名录二.xlsx", [["企业名称", USCC, "成立日期"], ["同名", codes[4], "2015-01-01"]]))
    rows = [
        ["淄博演示1有限责任公司", 9.1370303e17, 2023, 1],
        ["谁也不知道", 9.1370303e17, 2023, 1],
        ["同名", "9.137E+17", 2023, 1],
        ["淄博演示2有限公司", codes[2], 2023, 1],
    ]

    report = load(store, book("财务年报.xlsx", [["企业名称", USCC, "年度", "净利润"], *rows]))

    assert (report.kept, reasons(report)) == (1, {"uscc-scientific-notation": (2, 3, 4)})
    suggested = {fault.file_row: fault.suggestion for fault in report.faults}
    assert f"“淄博演示1有限责任公司”的代码是 {codes[1]}" in suggested[2]
    assert (suggested[3], suggested[4]) == ("", "")
    assert any("1 行的信用代码可按名称找回" in note for note in report.notes)
    with store.work(at=AT) as work:
        aside = read_quarantine(work, report.batch_id).set_index("file_row")
    assert codes[1] in aside.loc[2, "suggestion"]


def test_everything_wrong_with_a_row_is_told_at_once(store: Store, book: Book, codes: list[str]) -> None:
    header = ["企业名称", USCC, "成立日期", "职工人数"]
    bad = ["乙", "9137", "2015-02-30", -3]

    report = load(store, book("企业名录.xlsx", [header, ["甲", codes[0], "2015-01-01", 3], bad]))

    assert reasons(report) == {"uscc-malformed": (3,), "date-impossible": (3,), "below-minimum": (3,)}
    assert (report.kept, report.quarantined_rows) == (1, 1)


@pytest.mark.parametrize(
    ("name", "header", "figures"),
    [
        ("财务年报.xlsx", ["年度", "营业收入", "报送日期"], [2024, 100]),
        ("研发投入统计.xlsx", ["年度", "统计口径", "研发费用", "报送日期"], [2024, "会计", 100]),
    ],
    ids=["accounts", "R&D"],
)
def test_a_years_figures_are_not_known_before_it_is_over(
    store: Store, book: Book, codes: list[str], name: str, header: list[str], figures: list[object]
) -> None:
    slip, sound = [codes[0], *figures, "2024-03-01"], [codes[1], *figures, "2025-03-01"]

    report = load(store, book(name, [[USCC, *header], slip, sound]), known_on=None)

    assert reasons(report) == {"known-before-year-end": (2,)}
    assert report.kept == 1
