"""Warnings of a whole city: told to whom they may be told, acknowledged with a trace, and better than chance."""

import json
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from sqlalchemy import func, select

from data.spec.access import Purpose
from data.spec.audit import Action, AuditEvent
from data.spec.consent import Consent, Permission
from data.spec.progress import Silent
from data.spec.versions import latest_known
from data.store import Work
from data.store.audit import verify_chain
from data.store.consents import write_consent
from data.store.orm import AUDIT_EVENT, EVIDENCE, WARNING_ACKNOWLEDGEMENT
from data.store.reads import read_events
from risk.warning_report import WatchReport
from risk.warning_rules import WATCHED_TABLES, exposed, find_signals, read_warning_limits
from risk.warnings import CONSENT, OWN, WarningUnknown, list_warnings, warning_of
from tests.e2e.town import AT, TODAY, City, Run

FIRST = date(2017, 1, 1)


def listed(city: City, work: Work, since: date = FIRST) -> WatchReport:
    return list_warnings(work, as_of=TODAY, since=since, demonstration=True, access=city.access, progress=Silent())


@pytest.fixture(scope="module")
def report(city: City) -> WatchReport:
    with city.store.work(at=AT, read_only=True) as work:
        return listed(city, work)


def allow(work: Work, firm: int, bank: str, *categories: str) -> None:
    given = Consent(
        id="watch-1",
        version=1,
        enterprise_id=firm,
        grantee=bank,
        purposes=frozenset({Purpose.MONITORING}),
        categories=frozenset(categories),
        permissions=frozenset({Permission.MONITORING}),
        valid_from=datetime(2025, 1, 1, tzinfo=UTC),
        valid_to=datetime(2027, 1, 1, tzinfo=UTC),
    )
    event = AuditEvent(tenant=bank, actor="test", action=Action.CONSENT_GRANTED, object_id=given.id, at=AT)
    write_consent(work, given, event)


def test_warnings_bear_numbers_of_their_own_and_stay_in_their_days(city: City, report: WatchReport) -> None:
    ids = [one.id for one in report.warnings]
    with city.store.work(at=AT, read_only=True) as work:
        recent = listed(city, work, since=date(2025, 10, 1))

    assert len(set(ids)) == len(ids) > 50
    assert [one.known_on for one in report.warnings] == sorted((one.known_on for one in report.warnings), reverse=True)
    assert {one.id for one in recent.warnings} == {
        one.id for one in report.warnings if one.known_on >= date(2025, 10, 1)
    }


def test_without_a_consent_a_bank_hears_of_its_own_reports_alone(report: WatchReport) -> None:
    grounds = {told.ground for one in report.warnings for told in one.told[1:]}

    assert grounds == {OWN}
    assert {told.institution for one in report.warnings for told in one.told[:1]} == {"bureau"}
    assert any(one.withheld for one in report.warnings)
    public = [one for one in report.warnings if one.rule == "dishonesty"]
    assert public
    assert all(len(one.told) == 1 and one.withheld > 0 for one in public)


def test_a_consent_to_monitoring_opens_its_categories_to_the_banks_that_lend_and_no_others(
    city: City, report: WatchReport
) -> None:
    warned = next(one for one in report.warnings if one.rule == "dishonesty")
    firm = int(city.numbers()[warned.identifier])
    lenders = _lenders(city, firm)

    def told(bank: str, category: str) -> dict[str, str]:
        with city.store.work(at=AT) as work:
            allow(work, firm, bank, category)
            found = warning_of(listed(city, work), warned.id)
        return {each.institution: each.ground for each in found.told}

    stranger = next(bank for bank in (f"demo-bank-{place}" for place in range(1, 6)) if bank not in lenders)
    assert told(lenders[0], "conduct") == {"bureau": "履职", lenders[0]: CONSENT}
    assert told(lenders[0], "patents") == {"bureau": "履职"}
    assert told(stranger, "conduct") == {"bureau": "履职"}


def _lenders(city: City, firm: int) -> list[str]:
    with city.store.work(at=AT, read_only=True) as work:
        loans = latest_known(read_events(work, ["loan"], access=city.access)["loan"], pd.Timestamp(TODAY))
    own = loans[(loans["enterprise_id"] == firm) & ~(loans["settled_on"] < pd.Timestamp(TODAY))]
    return sorted(set(own["owner"]))


def test_distress_of_others_is_a_bare_flag_but_for_rows_one_reported_oneself(city: City, report: WatchReport) -> None:
    flags = [one for one in report.warnings if one.bare]

    assert flags
    assert {one.rule for one in flags} == {"partner_distress"}
    shown = [(told.institution, row) for one in flags for told in one.told for row in told.evidence]
    sql = EVIDENCE["guarantee"].c
    with city.store.work(at=AT, read_only=True) as work:
        for institution, row in shown:
            owner = select(sql.owner).where(sql.batch_id == row.batch_id, sql.file_row == row.file_row)
            assert institution in set(work.connection.scalars(owner))
    assert not any(institution == "bureau" for institution, _ in shown)


def test_every_other_warning_points_to_the_row_that_says_so(city: City, report: WatchReport) -> None:
    with city.store.work(at=AT, read_only=True) as work:
        events = read_events(work, WATCHED_TABLES, access=city.access)
    rows = {
        (batch, row)
        for frame in events.values()
        for batch, row in zip(frame["batch_id"], frame["file_row"], strict=True)
    }

    for one in report.warnings:
        if not one.bare:
            (source,) = one.told[0].evidence
            assert (source.batch_id, source.file_row) in rows
            assert source.file


def test_the_warnings_of_one_batch_are_those_its_rows_told(run: Run, report: WatchReport) -> None:
    batch = report.warnings[0].told[0].evidence[0].batch_id
    found = json.loads(run("watch", "--batch", batch, "--json")[1])["watch"]["warnings"]

    wanted = {one.id for one in report.warnings for row in one.told[0].evidence if row.batch_id == batch}
    assert {one["id"] for one in found} == wanted
    assert json.loads(run("watch", "--batch", "B999999", "--json")[1])["watch"]["warnings"] == []


def test_an_acknowledgement_is_kept_shown_and_audited(city: City, run: Run) -> None:
    first = json.loads(run("watch", "--json")[1])["watch"]["warnings"][0]
    assert first["acknowledged"] is None

    assert run("watch", "ack", first["id"], "--outcome", "acting", "--note", "已约谈")[0] == 0
    ended, out, _ = run("watch", "ack", first["id"].lower(), "--outcome", "误报", "--json")

    assert ended == 0
    assert json.loads(out)["warning"]["acknowledged"]["outcome"] == "false_alarm"
    again = json.loads(run("watch", "--json")[1])["watch"]["warnings"][0]
    assert again["id"] == first["id"]
    assert again["acknowledged"]["outcome"] == "false_alarm"
    page = run("watch")[1]
    assert "误报" in page
    assert "演示数据" in page
    with city.store.work(at=AT, read_only=True) as work:
        kept = select(func.count()).where(WARNING_ACKNOWLEDGEMENT.c.warning_id == first["id"])
        audited = select(func.count()).where(
            AUDIT_EVENT.c.action == Action.WARNING_ACKNOWLEDGED, AUDIT_EVENT.c.object == first["id"]
        )
        assert work.connection.scalar(kept) == 2
        assert work.connection.scalar(audited) == 2
        assert verify_chain(work.connection, "bureau") is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("ack", "W0000000000"), "warning-unknown"),
        (("ack",), "usage"),
        (("drop", "W0000000000"), "usage"),
        (("ack", "W0000000000", "--outcome", "gone"), "usage"),
        (("--since", "2026-01-01"), "since-misplaced"),
        (("--as-of", "2027-01-01"), "day-in-future"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_code(run: Run, arguments: tuple[str, ...], code: str) -> None:
    ended, out, _ = run("watch", *arguments, "--json")

    assert ended == 2
    assert json.loads(out)["code"] == code


def test_an_unknown_number_is_refused(report: WatchReport) -> None:
    with pytest.raises(WarningUnknown):
        warning_of(report, "W1")


def test_warned_borrowers_default_more_often_within_a_year_than_others(city: City) -> None:
    with city.store.work(at=AT, read_only=True) as work:
        events = read_events(work, [*WATCHED_TABLES, "loan"], access=city.access)
    signals = find_signals(events, read_warning_limits(TODAY), as_of=TODAY)
    signals = signals[exposed(latest_known(events["loan"], pd.Timestamp(TODAY)), signals)]
    truth = city.truth("identities").assign(firm=lambda rows: rows["code"].map(city.numbers()))
    default_on = pd.to_datetime(signals["enterprise_id"].map(truth.set_index("firm")["first_default_on"]))
    ahead = signals[~(default_on <= signals["known_on"]) & (signals["known_on"] < pd.Timestamp("2025-01-01"))]
    came = (default_on[ahead.index] - ahead["known_on"]).dt.days <= 365

    grave = came[ahead["rule"].isin(["overdue_30", "overdue_60"])]
    assert len(grave) >= 30
    assert grave.mean() > 0.2
    assert grave.mean() > 5 * came[~ahead["rule"].isin(["overdue_30", "overdue_60"])].mean() > 0
