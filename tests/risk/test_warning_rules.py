"""Each rule finds its planted event, on the day it was first known, and not one step below its size."""

from datetime import date

import pandas as pd
import pytest

from data.spec.tables import TABLES
from risk.warning_rules import RULES, WATCHED_TABLES, exposed, find_signals, read_warning_limits

DAY = date(2026, 1, 1)
LIMITS = read_warning_limits(DAY)
COMMON = {
    "enterprise_id": 1,
    "record_key": "k",
    "happened_on": "2025-03-01",
    "ended_on": None,
    "known_on": "2025-03-05",
    "recorded_at": "2026-01-01",
    "batch_id": "B000001",
    "file_row": 2,
    "owner": "bureau",
    "withdrawn": False,
}
DATES = ("happened_on", "ended_on", "known_on", "recorded_at")


def events(table: str = "", *rows: dict[str, object]) -> dict[str, pd.DataFrame]:
    found = {}
    for name in WATCHED_TABLES:
        given = [{**COMMON, **row} for row in rows] if name == table else []
        columns = list(dict.fromkeys((*COMMON, *TABLES[name].columns)))
        frame = pd.DataFrame(given, columns=columns)
        dated = [
            column for column in columns if column in DATES or column.endswith(("_on", "_until")) or column == "year"
        ]
        found[name] = frame.assign(
            **{column: pd.to_datetime(frame[column]) for column in dated}, withdrawn=frame["withdrawn"].astype(bool)
        )
    return found


def found(table: str, *rows: dict[str, object], as_of: date = DAY) -> list[tuple[str, str]]:
    signals = find_signals(events(table, *rows), LIMITS, as_of=as_of)
    return [(rule, str(day.date())) for rule, day in zip(signals["rule"], signals["known_on"], strict=True)]


PLANTED = [
    ("conduct_record", [{"kind": "dishonesty"}], "dishonesty"),
    ("conduct_record", [{"kind": "enforcement"}], "enforcement"),
    ("conduct_record", [{"kind": "serious_violation"}], "serious_violation"),
    ("conduct_record", [{"kind": "abnormal_operation"}], "abnormal_operation"),
    ("conduct_record", [{"kind": "tax_arrears", "amount": 10_000.0}], "tax_arrears"),
    ("conduct_record", [{"kind": "tax_arrears"}], "tax_arrears"),
    ("conduct_record", [{"kind": "tax_arrears", "amount": 9_999.99}], None),
    ("conduct_record", [{"kind": "litigation"}], None),
    ("patent_event", [{"event": "lapsed", "patent_kind": "invention"}], "patent_lapsed"),
    ("patent_event", [{"event": "invalidated", "patent_kind": "invention"}], "patent_lapsed"),
    ("patent_event", [{"event": "fee_late", "patent_kind": "invention"}], "patent_fee_late"),
    ("patent_event", [{"event": "lapsed", "patent_kind": "utility"}], None),
    ("patent_event", [{"event": "granted", "patent_kind": "invention"}], None),
    ("high_tech_certificate", [{"event": "revoked"}], "certificate_lost"),
    ("guarantee_graph", [{"distressed_partners": 1}], "partner_distress"),
    ("guarantee_graph", [{"distressed_partners": 0}], None),
    ("loan_month", [{"loan_no": "L", "days_past_due": 1}], "overdue"),
    ("loan_month", [{"loan_no": "L", "days_past_due": 0}], None),
    ("loan_month", [{"loan_no": "L", "days_past_due": 29}], "overdue"),
    ("loan_month", [{"loan_no": "L", "days_past_due": 30}], "overdue_30"),
    ("loan_month", [{"loan_no": "L", "days_past_due": 60}], "overdue_60"),
]


@pytest.mark.parametrize(("table", "rows", "rule"), PLANTED)
def test_a_planted_event_is_found_once_and_what_is_none_is_not(
    table: str, rows: list[dict[str, object]], rule: str | None
) -> None:
    assert found(table, *rows) == ([] if rule is None else [(rule, "2025-03-05")])


def years(before: float, after: float, column: str, **other: object) -> list[dict[str, object]]:
    return [
        {"year": "2023-12-31", "basis": "statistics", column: before, "record_key": "23", "known_on": "2024-05-01"},
        {
            "year": "2024-12-31",
            "basis": "statistics",
            column: after,
            "record_key": "24",
            "known_on": "2025-05-01",
            **other,
        },
    ]


@pytest.mark.parametrize(
    ("column", "rule", "most"),
    [("rnd_expense", "rnd_fall", 70), ("rnd_staff", "rnd_staff_fall", 70), ("staff", "staff_fall", 80)],
)
def test_a_fall_from_year_to_year_warns_from_its_size_on(column: str, rule: str, most: int) -> None:
    assert found("rnd_year", *years(100, most, column)) == [(rule, "2025-05-01")]
    assert found("rnd_year", *years(100, most + 1, column)) == []
    assert found("rnd_year", *years(0, 0, column)) == []
    assert found("rnd_year", *years(100, most, column, basis="tax")) == []
    assert found("rnd_year", *years(100, most, column, year="2025-12-31")) == []


def test_a_fall_on_several_bases_warns_once() -> None:
    twice = [
        *years(100, 10, "staff"),
        *({**row, "basis": "tax", "record_key": f"t{row['record_key']}"} for row in years(100, 20, "staff")),
    ]

    assert found("rnd_year", *twice) == [("staff_fall", "2025-05-01")]


def test_a_record_warns_when_first_known_whatever_is_added_later() -> None:
    later = {"kind": "dishonesty", "removed_on": "2025-08-01", "known_on": "2025-08-05", "file_row": 9}

    assert found("conduct_record", {"kind": "dishonesty"}, later) == [("dishonesty", "2025-03-05")]


def test_a_record_taken_back_warns_no_more_but_did_before() -> None:
    rows = [{"kind": "dishonesty"}, {"kind": "dishonesty", "withdrawn": True, "known_on": "2025-08-05"}]

    assert found("conduct_record", *rows) == []
    assert found("conduct_record", *rows, as_of=date(2025, 8, 5)) == [("dishonesty", "2025-03-05")]


def test_nothing_is_known_on_the_very_day_or_before() -> None:
    assert found("conduct_record", {"kind": "dishonesty"}, as_of=date(2025, 3, 5)) == []


def test_a_loan_that_stays_overdue_warns_once_a_step() -> None:
    days = (0, 10, 25, 40, 70, 100, 0, 5)
    months = [
        {
            "loan_no": "L",
            "days_past_due": past,
            "record_key": f"L{month}",
            "happened_on": f"2025-{month:02}-28",
            "known_on": f"2025-{month + 1:02}-03",
        }
        for month, past in enumerate(days, 1)
    ]

    assert found("loan_month", *months) == [
        ("overdue", "2025-03-03"),
        ("overdue_30", "2025-05-03"),
        ("overdue_60", "2025-06-03"),
        ("overdue", "2025-09-03"),
    ]


def test_distress_warns_when_it_begins_and_when_it_begins_again() -> None:
    states = [
        {
            "distressed_partners": number,
            "record_key": f"g{month}",
            "happened_on": f"2025-{month:02}-01",
            "known_on": f"2025-{month:02}-01",
        }
        for month, number in enumerate((0, 1, 2, 0, 1), 1)
    ]

    assert found("guarantee_graph", *states) == [("partner_distress", "2025-02-01"), ("partner_distress", "2025-05-01")]


def test_a_certificate_that_ran_out_warns_after_the_days_of_grace_unless_renewed_by_then() -> None:
    old = {
        "event": "recognised",
        "record_key": "GR1",
        "issued_on": "2022-01-01",
        "valid_until": "2025-01-01",
        "known_on": "2022-01-01",
    }
    new = {
        "event": "recognised",
        "record_key": "GR2",
        "issued_on": "2025-05-01",
        "valid_until": "2028-05-01",
        "known_on": "2025-05-10",
    }

    assert found("high_tech_certificate", old) == [("certificate_expired", "2025-06-30")]
    assert found("high_tech_certificate", old, as_of=date(2025, 6, 30)) == []
    assert found("high_tech_certificate", old, new) == []
    assert found("high_tech_certificate", old, {**new, "known_on": "2025-07-01"}) == [
        ("certificate_expired", "2025-06-30")
    ]


def test_only_borrowers_are_watched_while_they_owe() -> None:
    signals = find_signals(events("conduct_record", {"kind": "dishonesty"}), LIMITS, as_of=DAY)

    def owes(disbursed: str, settled: str | None, firm: int = 1) -> bool:
        loans = pd.DataFrame([{"enterprise_id": firm, "disbursed_on": disbursed, "settled_on": settled}])
        loans = loans.assign(**{name: pd.to_datetime(loans[name]) for name in ("disbursed_on", "settled_on")})
        return bool(exposed(loans, signals).iloc[0])

    assert owes("2025-03-05", None)
    assert owes("2024-01-01", "2025-03-06")
    assert not owes("2025-03-06", None)
    assert not owes("2024-01-01", "2025-03-05")
    assert not owes("2024-01-01", None, firm=2)


def test_every_rule_has_a_severity_and_no_number_is_left_over() -> None:
    sizes = {name for name in LIMITS if name not in RULES}

    assert set(RULES) <= set(LIMITS)
    assert {LIMITS[name] for name in RULES} <= {1.0, 2.0, 3.0}
    assert sizes == {
        "tax_arrears_amount",
        "announced_days",
        "ending_severity",
        "certificate_grace_days",
        "rnd_fall_share",
        "rnd_staff_fall_share",
        "staff_fall_share",
        "overdue_days",
        "overdue_30_days",
        "overdue_60_days",
    }
