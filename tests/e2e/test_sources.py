"""The lists of a whole city are on time, reach firms, contradict one another, and are told of with an answer."""

from dataclasses import replace
from datetime import date

import pytest

from data.intake.lists import LISTS
from data.spec.access import BUREAU, Purpose
from data.spec.identifiers import parse_identifier
from data.spec.progress import Silent
from risk.answering import Question
from risk.assess import assess
from risk.assessment import Status
from risk.source_quality import report_sources
from risk.source_report import SourcesReport
from risk.unscored import Unscored
from tests.e2e.town import AT, TODAY, City


@pytest.fixture(scope="module")
def report(city: City) -> SourcesReport:
    lists = {name: (one.label, one.table.name) for name, one in LISTS.items()}
    with city.store.work(at=AT, read_only=True) as work:
        return report_sources(work, lists, as_of=TODAY, access=city.access, progress=Silent())


def test_every_list_of_the_city_came_and_none_is_late(report: SourcesReport) -> None:
    assert [one.list for one in report.sources if one.batches == 0 or one.days_late is not None] == []
    assert [one.list for one in report.sources if one.expected is None] == [
        "high_tech_renaming",
        "high_tech_revocation",
    ]


def test_shares_are_shares_and_the_register_knows_itself(report: SourcesReport) -> None:
    by_name = {one.list: one for one in report.sources}

    assert by_name["enterprise_registration"].firms == report.registered
    assert all(0 < one.firms_share <= 1 for one in report.sources)
    assert all(0 <= column.share <= 1 for one in report.sources for column in one.columns)
    assert by_name["high_tech_certificate"].quarantined > 0


def test_the_damage_written_into_the_lists_is_found_as_quarantine(report: SourcesReport) -> None:
    for one in report.sources:
        assert sum(reason.rows for reason in one.refused) >= one.quarantined


def test_conflicts_are_few_and_beyond_their_tolerance(report: SourcesReport) -> None:
    staff = next(one for one in report.conflicts if one.name == "staff_register_statistics")

    assert 0 < staff.beyond < 0.1 * staff.compared
    assert all(example.gap > one.tolerance for one in report.conflicts for example in one.examples)


def test_an_answer_of_an_earlier_day_is_told_what_was_late_then(city: City) -> None:
    code = city.truth("applications")["code"].iloc[0]
    question = Question(
        id="sources-1",
        identifier=parse_identifier(code),
        tenant=BUREAU,
        actor="test",
        purpose=Purpose.PRE_LOAN,
        as_of=TODAY,
        at=AT,
        demonstration=True,
    )
    with city.store.work(at=AT) as work:
        today = assess(work, question, city.shelf)
        young = assess(work, replace(question, id="sources-2", as_of=date(2017, 1, 2)), city.shelf)

    assert today.remarks is not None
    assert young.remarks is not None
    assert not [one for one in today.remarks if one.kind == "late"]
    assert [one for one in young.remarks if one.kind == "late"] or young.code == Unscored.NO_EVIDENCE
    assert today.status is not Status.SCORED or (today.coverage is not None and today.support is not None)
