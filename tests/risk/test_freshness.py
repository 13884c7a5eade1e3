"""Lists are late by what had been recorded; a late list excuses gaps; answers say so, and again when replayed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from data.intake import load_file
from data.intake.reversal import undo_batch
from data.spec.access import BUREAU, Purpose, bureau_access
from data.spec.identifiers import parse_identifier, with_uscc_check_digit
from data.spec.progress import Silent
from data.spec.tables import TABLES
from data.store import Store
from data.store.deliveries import Turnout
from data.store.reads import read_batches
from models.card import ModelCard
from models.fitted import Model
from models.refusals import ModelUnknown
from risk.answering import Question
from risk.assess import assess
from risk.assessment import Assessment, RemarkKind
from risk.evidence import explain_value
from risk.freshness import Freshness, read_freshness
from risk.portfolio import assess_all
from risk.replay import Replay, replay
from risk.source_quality import report_sources
from risk.source_report import SourcesReport

FIRM, OTHER, SILENT = (with_uscc_check_digit(f"91370303MA3C{number}") for number in ("00000", "11111", "22222"))
T0 = datetime(2026, 1, 1, 8, tzinfo=UTC)
LATE_DAY, FIRST_LATE, LAST_FINE = date(2025, 9, 1), date(2025, 7, 2), date(2025, 7, 1)

REGISTER = f"""统一社会信用代码,企业名称,成立日期,职工人数,核准日期
{FIRM},淄博测试陶瓷（演示）有限公司,2015-03-02,100,2025-08-05
{OTHER},淄博另一陶瓷（演示）有限公司,2015-03-02,50,2025-08-05
{SILENT},淄博无声陶瓷（演示）有限公司,2015-03-02,5,2025-08-05
"""
REPORTS = f"""统一社会信用代码,年度,营业收入,资产总额,负债总额,填报日期
{FIRM},2023,900,180,90,2024-04-12
{OTHER},2022,900,180,90,2023-04-12
{FIRM},20x4,900,180,90,2024-04-12
"""
NEXT = f"""统一社会信用代码,年度,营业收入,资产总额,负债总额,填报日期
{FIRM},2024,1000,200,90,2025-06-10
"""
STATISTICS = f"""统一社会信用代码,年度,统计口径,研发费用,研发人员,从业人员,报送日期
{FIRM},2024,会计,60,10,30,2025-06-10
{OTHER},2024,会计,60,10,50,2025-06-10
"""
TOLD = "ladder_books_told_when_obliged"
LEVERAGE, RND = "operations_leverage_ratio_2y", "rnd_intensity_2y"


class NoModels:
    """Know no model: the expert card answers."""

    def champion(self, card: str) -> None:
        return None

    def load(self, name: str) -> tuple[Model, ModelCard]:
        raise ModelUnknown(name)


class Town:
    """Keep a small store and a clock that goes an hour on with everything done."""

    def __init__(self, folder: Path) -> None:
        self.store, self.folder, self.at = Store.create(f"sqlite:///{folder}/store.db", at=T0), folder, T0
        for name, text in (
            ("enterprise_registration", REGISTER),
            ("annual_report", REPORTS),
            ("rnd_year", STATISTICS),
        ):
            self.load(name, text)

    def later(self) -> datetime:
        self.at += timedelta(hours=1)
        return self.at

    def load(self, name: str, text: str) -> None:
        path = self.folder / f"{TABLES[name].label}{self.at:%d%H}.csv"
        path.write_text(text, encoding="utf-8-sig")
        load_file(self.store, path, list_name=name, at=self.later(), actor="test")

    def question(self, code: str, as_of: date) -> Question:
        return Question(
            id=f"a-{self.at:%d%H}",
            identifier=parse_identifier(code),
            tenant=BUREAU,
            actor="test",
            purpose=Purpose.PRE_LOAN,
            as_of=as_of,
            at=self.later(),
            demonstration=False,
        )

    def assess(self, code: str = FIRM, as_of: date = LATE_DAY) -> Assessment:
        question = self.question(code, as_of)
        with self.store.work(at=question.at) as work:
            answer = assess(work, question, NoModels())
            work.commit()
        return answer

    def replay(self, id: str) -> Replay:
        with self.store.work(at=self.later()) as work:
            found = replay(work, id, NoModels(), tenant=BUREAU, actor="test", demonstration=False)
        assert found is not None
        return found

    def freshness(self, as_of: date, *, recorded_before: datetime | None = None) -> Freshness:
        with self.store.work(at=self.at, read_only=True) as work:
            return read_freshness(work, as_of=as_of, recorded_before=recorded_before)

    def report(self, as_of: date, *names: str) -> SourcesReport:
        lists = {name: (TABLES[name].label, name) for name in names}
        access = bureau_access("test", at=self.at)
        with self.store.work(at=self.at, read_only=True) as work:
            return report_sources(work, lists, as_of=as_of, access=access, progress=Silent())


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.store.close()


def said(answer: Assessment) -> dict[tuple[RemarkKind, str], str]:
    assert answer.remarks is not None
    return {(one.kind, one.label): one.sentence for one in answer.remarks}


@pytest.mark.parametrize(("as_of", "late"), [(LAST_FINE, False), (FIRST_LATE, True)])
def test_the_annual_report_is_late_from_the_day_after_its_due_day(town: Town, as_of: date, late: bool) -> None:
    state = town.freshness(as_of).states["annual_report"]

    assert (state.is_late, state.newest_on) == (late, date(2023, 12, 31))


def test_lateness_is_by_what_had_been_recorded_and_known_then(town: Town) -> None:
    before = town.later()
    town.load("annual_report", NEXT)

    assert not town.freshness(FIRST_LATE).states["annual_report"].is_late
    assert town.freshness(FIRST_LATE, recorded_before=before).states["annual_report"].is_late
    # The report of 2024 was filed on 10 June: the day before, nobody knew of it.
    assert town.freshness(date(2025, 6, 10)).states["annual_report"].newest_on == date(2023, 12, 31)


def test_a_list_that_was_taken_back_is_as_late_as_if_it_had_never_come(town: Town) -> None:
    today = town.at.date()
    before, kept = town.freshness(today).states["annual_report"], town.report(today, "annual_report")
    gap = town.assess(OTHER, today)
    town.load("annual_report", NEXT)
    came = town.freshness(today).states["annual_report"]
    with town.store.work(at=town.at, read_only=True) as work:
        newest = str(read_batches(work)["id"].iloc[-1])

    undo_batch(town.store, newest, reason="报送单位发错了文件", at=town.later(), actor="test")

    (source,), (first,) = town.report(today, "annual_report").sources, kept.sources
    assert (before.is_late, came.is_late) == (True, False)
    assert town.freshness(today).states["annual_report"] == before
    assert (source.newest_on, source.days_late, source.last_batch) == (
        first.newest_on,
        first.days_late,
        first.last_batch,
    )
    assert (source.rows, source.rows_read, source.batches) == (first.rows, first.rows_read, first.batches)
    again = town.assess(OTHER, today)
    assert (again.missing, said(again)) == (gap.missing, said(gap))


def test_a_firm_whose_only_row_was_taken_back_has_none(town: Town) -> None:
    town.load("annual_report", NEXT)
    with town.store.work(at=town.at, read_only=True) as work:
        batches = read_batches(work)
    first = str(batches.loc[batches["list"] == "annual_report", "id"].iloc[0])
    stale = said(town.assess(OTHER, town.at.date()))

    undo_batch(town.store, first, reason="报送单位发错了文件", at=town.later(), actor="test")

    gone = said(town.assess(OTHER, town.at.date()))
    report = "财务年报"
    assert ((RemarkKind.STALE, report) in stale, (RemarkKind.MISSING, report) in stale) == (True, False)
    assert ((RemarkKind.STALE, report) in gone, (RemarkKind.MISSING, report) in gone) == (False, True)


def test_only_a_list_that_came_before_excuses_gaps_and_only_where_absence_says_nothing(town: Town) -> None:
    fresh = town.freshness(LATE_DAY)

    assert fresh.late_tables == {"annual_report"}
    assert fresh.states["tax_payment"].is_late
    assert fresh.states["conduct_record"].is_late


def test_a_gap_that_waits_for_a_late_list_is_late_and_otherwise_not_reported(town: Town) -> None:
    waiting = town.assess(OTHER).missing
    town.load("annual_report", NEXT)
    came = town.assess(OTHER).missing

    assert (waiting[LEVERAGE], came[LEVERAGE]) == ("late", "not_reported")


def test_the_evidence_of_a_value_names_the_same_reason_as_the_answer(town: Town) -> None:
    question = town.question(OTHER, LATE_DAY)
    with town.store.work(at=question.at) as work:
        found = explain_value(work, question, LEVERAGE)

    assert found.lineage.missing == town.assess(OTHER).missing[LEVERAGE] == "late"


@pytest.mark.parametrize("came", [False, True], ids=["the list is late", "the list has come"])
def test_a_firm_is_silent_only_once_its_list_has_come(town: Town, came: bool) -> None:
    if came:
        town.load("annual_report", NEXT)
    question = town.question(OTHER, date(2026, 1, 1))
    with town.store.work(at=question.at) as work:
        found = explain_value(work, question, TOLD)

    assert found.agrees
    assert (found.lineage.value, found.lineage.missing) == ((0, None) if came else (None, "late"))


def test_an_answer_tells_what_is_late_missing_stale_and_in_conflict(town: Town) -> None:
    late = said(town.assess(FIRM))
    missing = said(town.assess(SILENT))
    town.load("annual_report", NEXT)
    stale = said(town.assess(OTHER))

    assert "2023-12-31" in late[RemarkKind.LATE, "财务年报"]
    assert "2025-07-01" in late[RemarkKind.LATE, "财务年报"]
    assert late[RemarkKind.CONFLICT, "职工人数"].startswith(
        "职工人数（2024年）来源不一：企业名录为100人，研发投入统计为30人"
    )
    assert (RemarkKind.MISSING, "研发投入统计") in missing
    assert (RemarkKind.LATE, "财务年报") not in stale
    assert "2022-12-31" in stale[RemarkKind.STALE, "财务年报"]


def test_an_answer_is_given_again_though_the_late_list_came_since(town: Town) -> None:
    answers = [town.assess(code) for code in (FIRM, OTHER, SILENT)]
    town.load("annual_report", NEXT)

    assert [town.replay(one.id).differences for one in answers] == [(), (), ()]
    assert said(answers[1]) != said(town.assess(OTHER))


def test_all_are_told_at_once_what_each_is_told_alone(town: Town) -> None:
    alone = {code: said(town.assess(code)) for code in (FIRM, OTHER, SILENT)}
    access = bureau_access("test", at=town.later())
    with town.store.work(at=town.at, read_only=True) as work:
        every = assess_all(
            work, lambda one: town.question(one.value, LATE_DAY), NoModels(), access=access, progress=Silent()
        )
        together = {answer.identifier: said(answer) for answer in every}

    assert together == alone


def test_a_store_remembers_and_looks_again_when_a_batch_is_added(town: Town) -> None:
    first = town.freshness(FIRST_LATE)
    town.load("annual_report", NEXT)

    assert town.freshness(FIRST_LATE) != first


def test_a_list_is_reported_with_its_batch_share_calendar_and_quarantine(town: Town) -> None:
    (reports,) = town.report(LATE_DAY, "annual_report").sources

    assert (reports.batches, reports.rows, reports.firms, round(reports.firms_share, 4)) == (1, 2, 2, 0.6667)
    assert (reports.rows_read, reports.quarantined, [one.rows for one in reports.refused]) == (3, 1, [1])
    assert (reports.days_late, reports.newest_on) == (62, date(2023, 12, 31))
    assert {one.column: one.share for one in reports.columns}["profit"] == 0.0
    assert {one.column: one.share for one in reports.columns}["revenue"] == 1.0
    assert reports.expected is not None
    assert (reports.expected.due_on, reports.expected.status) == (date(2025, 7, 1), "unverified")


def accounts(year: int, firms: int) -> str:
    """Write a year's reports of so many firms, each filed in time."""
    codes = (with_uscc_check_digit(f"91370303MA4D{number:05d}") for number in range(firms))
    rows = [f"{code},{year},900,180,90,{year + 1}-04-12" for code in codes]
    return "\n".join([REPORTS.splitlines()[0], *rows])


TURNOUTS = {"a few of many": (10, True), "half of them": (11, False), "more than before": (30, False)}


@pytest.mark.parametrize(("came", "late"), TURNOUTS.values(), ids=TURNOUTS)
def test_a_few_early_rows_do_not_make_a_list_punctual(tmp_path: Path, came: int, late: bool) -> None:
    town = Town(tmp_path)
    town.load("annual_report", accounts(2023, 20))
    town.load("annual_report", accounts(2024, came))

    state, (source,) = town.freshness(LATE_DAY).states["annual_report"], town.report(LATE_DAY, "annual_report").sources
    remarks = said(town.assess(OTHER))
    town.store.close()

    # The town's own firm reported 2023 too.
    assert (state.turnout, state.is_late) == (Turnout(firms=came, before=21), late)
    assert source.expected is not None
    assert (source.expected.firms, source.expected.firms_before) == (came, 21)
    assert (source.days_late is not None) == ((RemarkKind.LATE, "财务年报") in remarks) == (late)
    if late:
        assert remarks[RemarkKind.LATE, "财务年报"].endswith(f"只到了{came}家企业（上一期21家）。")


def test_a_period_is_not_compared_with_one_of_few_firms(town: Town) -> None:
    town.load("annual_report", accounts(2023, 18))
    town.load("annual_report", NEXT)

    assert town.freshness(LATE_DAY).states["annual_report"].turnout == Turnout(firms=1, before=19)
    assert not town.freshness(LATE_DAY).states["annual_report"].is_late


def test_a_supplement_of_a_few_rows_does_not_hide_that_a_list_has_drifted(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.load("annual_report", accounts(2022, 80))
    town.load("annual_report", accounts(2023, 80).replace(",900,", ",9000,"))
    drifted = town.report(LATE_DAY, "annual_report").sources[0].moved
    town.load("annual_report", NEXT)
    after = town.report(LATE_DAY, "annual_report").sources[0].moved
    town.store.close()

    assert [one.column for one in drifted] == ["revenue"]
    assert after == drifted


def test_conflicts_are_counted_with_the_worst_named(town: Town) -> None:
    told = {one.name: one for one in town.report(LATE_DAY, "enterprise_registration").conflicts}
    staff = told["staff_register_statistics"]

    assert set(told) == {"staff_register_statistics", "staff_register_accounts"}
    assert (staff.compared, staff.beyond) == (2, 1)
    assert [(one.identifier, one.first, one.second) for one in staff.examples] == [(FIRM, 100.0, 30.0)]


def test_a_list_that_never_came_is_reported_as_such(town: Town) -> None:
    (patents,) = town.report(LATE_DAY, "patent").sources

    assert (patents.batches, patents.last_batch, patents.newest_on, patents.rows) == (0, None, None, 0)
    assert patents.days_late is not None
    assert patents.filled is None
