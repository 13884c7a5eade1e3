"""A severe warning ends the assessments that did not count it, for whoever may read it, from the day it was known."""

from datetime import datetime, timedelta

from sqlalchemy import select

from api.list_desks import IntakeWishes
from data.spec.access import BUREAU
from data.spec.progress import Silent
from data.spec.table import Group
from data.store.orm_exchange import OUTBOX_EVENT
from tests.scoring.conftest import FIRMS, NAMES, NOW, Town
from tests.scoring.test_validity import assess, status, validity

LATER = NOW + timedelta(days=10)


def list_conduct(
    town: Town,
    *kinds: str,
    known_on: str = "2025-12-20",
    at: datetime = LATER,
    firm: int = 0,
    case: str = "（2025）1号",
) -> None:
    """Take in a list of the first firm's records through the door, which announces what they end."""
    head = "统一社会信用代码,企业名称,信息类别,文书号,列入日期,涉及金额(元),公示日期"
    rows = [f"{FIRMS[firm]},{NAMES[firm]},{kind},{case},2025-12-18,500000,{known_on}" for kind in kinds]
    path = town.folder / f"信用信息-{len(list(town.folder.iterdir()))}.csv"
    path.write_text("\n".join([head, *rows]), encoding="utf-8-sig")
    loaded = town.desks.intake.load_file(
        path, list_name="conduct_record", known_on=None, strict=True, wishes=IntakeWishes(), at=at, progress=Silent()
    )
    assert loaded[0].kept == len(kinds)


def told(town: Town) -> list[tuple[str, str]]:
    with town.store.work(at=LATER, read_only=True) as work:
        wanted = select(OUTBOX_EVENT).where(OUTBOX_EVENT.c.type == "assessment.ended")
        return [(row.tenant, row.object) for row in work.connection.execute(wanted)]


def test_it_ends_an_assessment_from_the_day_the_house_knew_and_changes_no_answer(town: Town) -> None:
    town.consent(0)
    id = assess(town)
    before = town.ask("GET", f"/v1/assessments/{id}").json()
    list_conduct(town, "失信被执行人")

    town.now = LATER
    answer = validity(town, id)

    assert status(answer) == ("withdrawn", "severe-warning")
    assert answer.json()["ended_on"] == LATER.date().isoformat()
    assert "列入失信被执行人" in answer.json()["reason"]
    assert town.ask("GET", f"/v1/assessments/{id}").json() == before


def test_asked_as_of_an_instant_before_the_row_came_it_still_holds(town: Town) -> None:
    town.consent(0)
    id = assess(town)
    list_conduct(town, "失信被执行人")

    town.now = LATER - timedelta(seconds=1)
    before = status(validity(town, id))
    town.now = LATER
    after = status(validity(town, id))

    assert (before, after) == (("valid", None), ("withdrawn", "severe-warning"))


def test_less_than_severe_ends_nothing(town: Town) -> None:
    town.consent(0)
    id = assess(town)
    list_conduct(town, "经营异常", "欠税", "行政处罚")

    town.now = LATER

    assert status(validity(town, id)) == ("valid", None)
    assert told(town) == []


def test_what_the_assessment_had_counted_does_not_end_it(town: Town) -> None:
    town.consent(0)
    list_conduct(town, "失信被执行人", at=NOW)
    town.now = NOW + timedelta(minutes=1)

    id = assess(town)

    assert status(validity(town, id)) == ("valid", None)


def test_one_made_for_an_earlier_day_than_the_record_ends_on_the_day_it_was_made(town: Town) -> None:
    town.consent(0)
    list_conduct(town, "失信被执行人", at=NOW)
    town.now = NOW + timedelta(minutes=1)

    id = assess(town, as_of="2025-12-15")

    assert status(validity(town, id)) == ("withdrawn", "severe-warning")
    assert validity(town, id).json()["ended_on"] == "2026-01-01"


def test_a_new_assessment_counts_it_and_holds(town: Town) -> None:
    town.consent(0)
    assess(town)
    list_conduct(town, "失信被执行人")
    town.now = LATER + timedelta(days=1)

    again = assess(town, key="k-2")

    assert status(validity(town, again)) == ("valid", None)


def test_another_firms_warning_ends_nothing(town: Town) -> None:
    town.consent(0)
    id = assess(town)
    list_conduct(town, "失信被执行人", firm=1)

    town.now = LATER

    assert status(validity(town, id)) == ("valid", None)


def test_a_bank_to_which_conduct_is_not_open_is_told_nothing_and_the_bureau_is(town: Town) -> None:
    town.consent(0, categories=frozenset({Group.PATENTS}))
    mine, bureaus = assess(town), assess(town, by=BUREAU, key="k-2")
    list_conduct(town, "失信被执行人")

    town.now = LATER

    assert status(validity(town, mine)) == ("valid", None)
    assert status(validity(town, bureaus, by=BUREAU)) == ("withdrawn", "severe-warning")
    assert told(town) == []


def test_one_after_the_last_day_leaves_it_expired(town: Town) -> None:
    town.consent(0)
    id = assess(town)
    late = NOW + timedelta(days=95)
    list_conduct(town, "失信被执行人", at=late)

    town.now = late + timedelta(days=1)

    assert status(validity(town, id)) == ("expired", "assessment-expired")


def test_each_holder_is_told_once_with_the_list_that_ended_it(town: Town) -> None:
    for bank in ("bank-a", "bank-b"):
        town.consent(0, bank)
    town.consent(1)
    ids = [assess(town, by=bank, key=f"k-{bank}") for bank in ("bank-a", "bank-b")]
    town.ask("POST", "/v1/assessments", {"enterprise": {"value": FIRMS[1]}}, key="k-9")
    assess(town, by=BUREAU, key="k-3")

    list_conduct(town, "失信被执行人")
    list_conduct(town, "严重违法", at=LATER + timedelta(days=1))

    assert sorted(told(town)) == [("bank-a", ids[0]), ("bank-b", ids[1])]


def test_of_one_that_a_later_one_replaced_nobody_is_told(town: Town) -> None:
    town.consent(0)
    assess(town)
    town.now = NOW + timedelta(minutes=1)
    second = assess(town, key="k-2")

    list_conduct(town, "失信被执行人")

    assert told(town) == [("bank-a", second)]
