"""A default is judged per enterprise, its first sign dates it, and what is not observed is not performing."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from models import labels
from models.labels import LabelRule, Outcome

RULE_FILE = Path(labels.__file__).with_name("label_rule.yaml")


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text).as_unit("s")


@pytest.fixture
def rule() -> LabelRule:
    return labels.read_label_rule(RULE_FILE.read_text(encoding="utf-8"), date(2026, 1, 1))


class Book:
    """Build a loan book of a few lines."""

    def __init__(self) -> None:
        self.loans: list[dict[str, object]] = []
        self.months: list[dict[str, object]] = []
        self.events: list[dict[str, object]] = []
        self.firms: dict[int, tuple[object, str]] = {}

    def loan(self, firm: int, start: str, due: str, *, settled: str | None = None, number: str = "") -> "Book":
        number = number or f"L{firm}"
        self.loans.append(
            {
                "enterprise_id": firm,
                "application_no": f"A{number}",
                "loan_no": number,
                "applied_on": day(start) - pd.Timedelta(days=20),
                "disbursed_on": day(start),
                "matures_on": day(due),
                "settled_on": pd.NaT if settled is None else day(settled),
                "renewal_of": None,
                "product": "ordinary",
            }
        )
        self.firms.setdefault(firm, (pd.NaT, "active"))
        return self

    def reports(
        self, firm: int, first: str, last: str, *, overdue_from: str | None = None, owed: float = 1e6
    ) -> "Book":
        for end in pd.date_range(first, last, freq="ME"):
            days = max(0, (end - day(overdue_from)).days) if overdue_from else 0
            self.months.append(
                {
                    "enterprise_id": firm,
                    "happened_on": end,
                    "known_on": end + pd.Timedelta(days=10),
                    "days_past_due": float(days),
                    "overdue_amount": owed if days else 0.0,
                    "five_class": "normal",
                }
            )
        return self

    def event(self, firm: int, kind: str, on: str, *, distressed: float = 0.0) -> "Book":
        self.events.append(
            {
                "enterprise_id": firm,
                "happened_on": day(on),
                "known_on": day(on),
                "event": kind,
                "is_distressed": distressed,
            }
        )
        return self

    def deregistered(self, firm: int, on: str, status: str = "deregistered") -> "Book":
        self.firms[firm] = (day(on), status)
        return self

    def frames(self) -> dict[str, pd.DataFrame]:
        months = ["enterprise_id", "happened_on", "known_on", "days_past_due", "overdue_amount", "five_class"]
        events = ["enterprise_id", "happened_on", "known_on", "event", "is_distressed"]
        loans = pd.DataFrame(self.loans)
        firms = pd.DataFrame(
            [(firm, *ended) for firm, ended in self.firms.items()], columns=["enterprise_id", "ended_on", "status"]
        )
        return {
            "loan": loans.drop(columns="applied_on"),
            "loan_application": loans[["application_no", "applied_on"]],
            "loan_month": _dated(pd.DataFrame(self.months, columns=months)),
            "loan_event": _dated(pd.DataFrame(self.events, columns=events)),
            "enterprise_registration": firms.assign(known_on=day("2015-01-01")).astype({"ended_on": "datetime64[s]"}),
        }


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    kinds = {"enterprise_id": "int64", "happened_on": "datetime64[s]", "known_on": "datetime64[s]"}
    numbers = {name: "float64" for name in ("days_past_due", "overdue_amount", "is_distressed") if name in frame}
    return frame.astype({**kinds, **numbers})


def outcomes(book: Book, rule: LabelRule, until: str = "2025-01-01") -> list[str]:
    frames = book.frames()
    spells = labels.default_spells(labels.default_events(frames, rule), frames["loan_month"], rule)
    rows = labels.application_rows(frames, rule)
    return list(labels.label(rows, spells, frames, rule=rule, observed_until=day(until))["outcome"])


BULLET = ("2020-01-10", "2021-01-10")

TABLE = {
    "repaid at maturity": (
        Book().loan(1, *BULLET, settled="2021-01-10").reports(1, "2020-01-31", "2020-12-31"),
        Outcome.PERFORMING,
    ),
    "ninety days late after maturity": (
        Book().loan(1, *BULLET).reports(1, "2020-01-31", "2021-09-30", overdue_from="2021-01-10"),
        Outcome.DEFAULT,
    ),
    "late by less than the materiality": (
        Book().loan(1, *BULLET).reports(1, "2020-01-31", "2021-09-30", overdue_from="2021-01-10", owed=100.0),
        Outcome.PERFORMING,
    ),
    "paid out by the guarantor": (
        Book().loan(1, *BULLET).reports(1, "2020-01-31", "2021-09-30").event(1, "guarantee_payout", "2021-02-01"),
        Outcome.DEFAULT,
    ),
    "extended in distress": (
        Book()
        .loan(1, *BULLET)
        .reports(1, "2020-01-31", "2021-09-30")
        .event(1, "extension", "2021-01-10", distressed=1.0),
        Outcome.DEFAULT,
    ),
    "renewed without distress": (
        Book().loan(1, *BULLET).reports(1, "2020-01-31", "2021-09-30").event(1, "renewal", "2021-01-10"),
        Outcome.PERFORMING,
    ),
    "settled half a year early": (
        Book().loan(1, *BULLET, settled="2020-07-01").reports(1, "2020-01-31", "2020-06-30"),
        Outcome.SETTLED_EARLY,
    ),
    "deregistered with debt": (
        Book().loan(1, *BULLET).reports(1, "2020-01-31", "2021-09-30").deregistered(1, "2021-03-01"),
        Outcome.DEFAULT,
    ),
    "merged into another with debt": (
        Book().loan(1, *BULLET).reports(1, "2020-01-31", "2021-02-28").deregistered(1, "2021-03-01", "merged"),
        Outcome.DEREGISTERED,
    ),
    "deregistered after paying": (
        Book()
        .loan(1, *BULLET, settled="2021-01-10")
        .reports(1, "2020-01-31", "2020-12-31")
        .deregistered(1, "2021-03-01"),
        Outcome.DEREGISTERED,
    ),
    "not reported": (Book().loan(1, *BULLET).reports(1, "2020-01-31", "2020-04-30"), Outcome.UNOBSERVED),
}


@pytest.mark.parametrize(("book", "expected"), TABLE.values(), ids=TABLE.keys())
def test_each_course_of_a_loan_has_its_outcome(book: Book, expected: Outcome, rule: LabelRule) -> None:
    assert outcomes(book, rule) == [expected]


def test_an_immature_cohort_gives_no_early_bads(rule: LabelRule) -> None:
    book = Book().loan(1, *BULLET).reports(1, "2020-01-31", "2021-06-30", overdue_from="2021-01-10")

    assert outcomes(book, rule, until="2021-07-01") == [Outcome.IMMATURE]


@pytest.mark.parametrize(
    ("due", "window_end"),
    [("2021-01-10", "2021-07-10"), ("2021-04-10", "2021-07-10"), ("2022-01-10", "2021-07-10")],
)
def test_the_window_outlasts_a_short_loans_maturity_by_ninety_days(due: str, window_end: str, rule: LabelRule) -> None:
    rows = labels.application_rows(Book().loan(1, "2020-01-10", due).frames(), rule)

    short = day(due) <= day("2021-04-10")
    assert rows["window_end"][0] == max(day(window_end), day(due) + pd.Timedelta(days=90) if short else day(window_end))


def test_a_default_with_another_bank_marks_every_loan_of_the_firm(rule: LabelRule) -> None:
    book = Book().loan(1, *BULLET, number="X").loan(1, "2020-03-10", "2021-03-10", number="Y")
    book.reports(1, "2020-01-31", "2021-09-30", overdue_from="2021-01-10")

    assert outcomes(book, rule) == [Outcome.DEFAULT, Outcome.DEFAULT]


def test_the_first_day_over_ninety_dates_the_default(rule: LabelRule) -> None:
    frames = Book().loan(1, *BULLET).reports(1, "2021-01-31", "2021-06-30", overdue_from="2021-01-10").frames()

    assert labels.default_events(frames, rule)["happened_on"].min() == day("2021-01-10") + pd.Timedelta(days=91)


def test_a_firm_in_default_is_no_row(rule: LabelRule) -> None:
    book = Book().loan(1, "2019-01-10", "2020-01-10", number="old").loan(1, "2021-01-10", "2022-01-10", number="new")
    book.reports(1, "2019-01-31", "2022-12-31", overdue_from="2020-01-10")

    assert outcomes(book, rule) == [Outcome.DEFAULT]


def test_a_new_default_after_cure_is_a_second_spell(rule: LabelRule) -> None:
    book = Book().loan(1, "2017-01-10", "2024-01-10").event(1, "guarantee_payout", "2018-01-15")
    frames = book.reports(1, "2018-02-28", "2021-12-31").event(1, "write_off", "2021-06-15").frames()

    spells = labels.default_spells(labels.default_events(frames, rule), frames["loan_month"], rule)

    assert list(spells["started_on"]) == [day("2018-01-15"), day("2021-06-15")]
    assert spells["ended_on"][0] == day("2019-01-31")


def test_quarter_ends_of_borrowers_are_rows_of_the_behaviour_card(rule: LabelRule) -> None:
    frames = Book().loan(1, *BULLET, settled="2021-01-10").reports(1, "2020-01-31", "2020-12-31").frames()

    rows = labels.behaviour_rows(frames, pd.date_range("2019-12-31", "2021-12-31", freq="QE"), rule)

    assert list(rows["as_of"].dt.strftime("%Y-%m-%d")) == ["2020-03-31", "2020-06-30", "2020-09-30", "2020-12-31"]
    assert (rows["window_end"] == rows["as_of"] + pd.DateOffset(months=12)).all()
