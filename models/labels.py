"""Who defaulted and when, and which rows may be learned from (method.md 1)?

Pure: every frame is resolved (one version a record, the latest known before `observed_until`). Dates are
datetime64[s]; windows are half-open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from data.spec.dated import ParameterSet
from data.spec.tables.lending import LOSSES


class Outcome(StrEnum):
    """Say what became of a row by the day up to which reports are in."""

    DEFAULT = "default"
    PERFORMING = "performing"
    SETTLED_EARLY = "settled_early"
    DEREGISTERED = "deregistered"
    IMMATURE = "immature"
    UNOBSERVED = "unobserved"


CENSORED = (Outcome.SETTLED_EARLY, Outcome.DEREGISTERED)
"""Neither good nor bad; shown both ways in reports."""


@dataclass(frozen=True, kw_only=True)
class LabelRule:
    """Hold the definition of default and of the windows; the values live in label_rule.yaml."""

    days_past_due: int
    materiality: float
    cure_months: int
    application_months: int
    short_term_months: int
    short_term_margin_days: int
    behaviour_months: int
    reported_share: float
    early_settlement_days: int


NON_PERFORMING = ("substandard", "doubtful", "loss")
DEFAULT_EVENTS = (*LOSSES, "insolvency")
MERGED = "merged"
"""The register's status of a firm that went into another."""
DISTRESS_EVENTS = ("restructuring", "extension", "refinancing")


def default_events(lending: Mapping[str, pd.DataFrame], rule: LabelRule) -> pd.DataFrame:
    """Return every sign of default: enterprise_id, happened_on, seen_on, known_on, kind.

    Shapes: lending holds the frames loan, loan_month, loan_event and enterprise_registration.
    A month's overdue happened on the day after `days_past_due`, and was seen at the month's end.
    Source: method.md 1; domain.md 9.4.
    """
    months, events = lending["loan_month"], lending["loan_event"]
    overdue = months[(months["days_past_due"] > rule.days_past_due) & ~(months["overdue_amount"] < rule.materiality)]
    crossed = overdue["happened_on"] - pd.to_timedelta(overdue["days_past_due"] - rule.days_past_due - 1, unit="D")
    distressed = events["event"].isin(DISTRESS_EVENTS) & (events["is_distressed"] == 1)
    return pd.concat(
        [
            _signs(overdue.assign(happened_on=crossed, seen_on=overdue["happened_on"]), "days_past_due"),
            _signs(months[months["five_class"].isin(NON_PERFORMING)], "non_performing"),
            _signs(events[events["event"].isin(DEFAULT_EVENTS)], "loss_event"),
            _signs(events[distressed], "distressed_restructuring"),
            _signs(_unpaid_deregistrations(lending), "deregistered_unpaid"),
        ],
        ignore_index=True,
    ).sort_values(["enterprise_id", "happened_on"], ignore_index=True)


def _signs(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    seen_on = rows["seen_on"] if "seen_on" in rows else rows["happened_on"]
    return rows[["enterprise_id", "happened_on", "known_on"]].assign(seen_on=seen_on, kind=kind)


def _unpaid_deregistrations(lending: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    firms = lending["enterprise_registration"]
    # What a merged firm owed is its successor's to pay.
    ended = firms["ended_on"].notna() & (firms["status"] != MERGED)
    gone = firms.loc[ended, ["enterprise_id", "ended_on", "known_on"]]
    loans = lending["loan"][["enterprise_id", "disbursed_on", "settled_on"]]
    owed = gone.merge(loans, on="enterprise_id")
    unpaid = owed["settled_on"].isna() | (owed["settled_on"] > owed["ended_on"])
    left = owed[unpaid & (owed["disbursed_on"] < owed["ended_on"])].drop_duplicates("enterprise_id")
    return left.rename(columns={"ended_on": "happened_on"})


def default_spells(signs: pd.DataFrame, months: pd.DataFrame, rule: LabelRule) -> pd.DataFrame:
    """Return spells of default: enterprise_id, started_on, known_on, ended_on (NaT = not cured).

    A spell ends with the `cure_months`-th report without any overdue after its last sign; a sign after
    that is a new default.
    """
    spells = [
        spell
        for enterprise, rows in signs.groupby("enterprise_id")
        for spell in _spells_of(int(str(enterprise)), rows, months[months["enterprise_id"] == enterprise], rule)
    ]
    frame = pd.DataFrame(spells, columns=["enterprise_id", "started_on", "known_on", "ended_on"])
    dates = dict.fromkeys(("started_on", "known_on", "ended_on"), "datetime64[s]")
    return frame.astype({"enterprise_id": "int64", **dates})


def _spells_of(enterprise: int, signs: pd.DataFrame, months: pd.DataFrame, rule: LabelRule) -> list[tuple[object, ...]]:
    reports = np.sort(months.loc[months["days_past_due"] == 0, "happened_on"].to_numpy())
    days, seen = signs["happened_on"].to_numpy(), signs["seen_on"].to_numpy()
    latest, first = seen[0], 0
    found: list[tuple[object, ...]] = []
    for place, day in enumerate(days):
        cured = _cured_on(reports, latest, rule)
        if cured is not None and cured <= day:
            found.append((enterprise, days[first], _known(signs, first, place), cured))
            first = place
        latest = max(latest, seen[place])
    end = _cured_on(reports, latest, rule)
    return [
        *found,
        (enterprise, days[first], _known(signs, first, len(days)), np.datetime64("NaT") if end is None else end),
    ]


def _known(signs: pd.DataFrame, first: int, last: int) -> np.datetime64:
    return np.datetime64(signs["known_on"].to_numpy()[first:last].min())


def _cured_on(
    reports: "np.ndarray[tuple[int], np.dtype[np.datetime64]]", latest: np.datetime64, rule: LabelRule
) -> np.datetime64 | None:
    clean = reports[reports > latest]
    return np.datetime64(clean[rule.cure_months - 1]) if len(clean) >= rule.cure_months else None


def application_rows(lending: Mapping[str, pd.DataFrame], rule: LabelRule) -> pd.DataFrame:
    """Return one row per disbursed application: its firm, as_of, own_loan, product, window_from, window_end, due_on.

    The window starts at disbursement and lasts `application_months`, and where the term is
    `short_term_months` or less, never less than maturity + `short_term_margin_days`.
    """
    applications = lending["loan_application"][["application_no", "applied_on"]]
    loans = lending["loan"].merge(applications.drop_duplicates("application_no"), on="application_no")
    loans = loans[loans["renewal_of"].isna()]
    window_end = _plus_months(loans["disbursed_on"], rule.application_months)
    limit = _plus_months(loans["disbursed_on"], rule.short_term_months)
    margin = loans["matures_on"] + pd.Timedelta(days=rule.short_term_margin_days)
    short = loans["matures_on"] <= limit
    return pd.DataFrame(
        {
            "enterprise_id": loans["enterprise_id"],
            "as_of": loans["applied_on"],
            "own_loan": loans["application_no"],
            "product": loans["product"],
            "window_from": loans["disbursed_on"],
            "window_end": window_end.where(~short | (window_end >= margin), margin),
            "due_on": loans["matures_on"],
        }
    ).sort_values(["as_of", "enterprise_id", "own_loan"], ignore_index=True)


def behaviour_rows(
    lending: Mapping[str, pd.DataFrame], quarter_ends: pd.DatetimeIndex, rule: LabelRule
) -> pd.DataFrame:
    """Return one row per borrower and quarter end with a loan open: the columns of application_rows."""
    loans = lending["loan"][["enterprise_id", "disbursed_on", "settled_on", "matures_on"]]
    grid = loans.merge(pd.DataFrame({"as_of": quarter_ends.as_unit("s")}), how="cross")
    open_then = (grid["disbursed_on"] < grid["as_of"]) & ~(grid["settled_on"] < grid["as_of"])
    due_on = grid[open_then].groupby(["as_of", "enterprise_id"])["matures_on"].max()
    rows = due_on.rename("due_on").reset_index()
    rows = rows.assign(own_loan=None, product=None, window_from=rows["as_of"])
    rows["window_end"] = _plus_months(rows["as_of"], rule.behaviour_months)
    return rows[["enterprise_id", "as_of", "own_loan", "product", "window_from", "window_end", "due_on"]]


def _plus_months(days: "pd.Series[pd.Timestamp]", months: int) -> "pd.Series[pd.Timestamp]":
    return (days + pd.DateOffset(months=months)).astype("datetime64[s]")


def label(
    rows: pd.DataFrame,
    spells: pd.DataFrame,
    lending: Mapping[str, pd.DataFrame],
    *,
    rule: LabelRule,
    observed_until: pd.Timestamp,
) -> pd.DataFrame:
    """Return rows with outcome (an Outcome) and default_on; rows already in default at as_of are left out.

    Shapes: rows as application_rows or behaviour_rows give them.
    Source: method.md 1: no label without a loan; an immature cohort gives neither goods nor early bads; a
    month without a report is unobserved, not performing.
    """
    rows = rows[~in_default(rows, spells)].reset_index(drop=True)
    default_on = _first_default(rows, spells)
    exposure = _exposure(rows, lending)
    gone_on = _deregistered_on(rows, lending)
    early = exposure["ends_on"] < rows["due_on"] - pd.Timedelta(days=rule.early_settlement_days)
    outcome = pd.Series(Outcome.PERFORMING.value, index=rows.index, dtype="object")
    outcome[exposure["reported"] < rule.reported_share * exposure["expected"]] = Outcome.UNOBSERVED.value
    outcome[early & (exposure["ends_on"] < rows["window_end"])] = Outcome.SETTLED_EARLY.value
    outcome[gone_on < rows["window_end"]] = Outcome.DEREGISTERED.value
    outcome[default_on.notna()] = Outcome.DEFAULT.value
    outcome[rows["window_end"] > observed_until] = Outcome.IMMATURE.value
    return rows.assign(outcome=outcome, default_on=default_on)


def in_default(rows: pd.DataFrame, spells: pd.DataFrame) -> "pd.Series[bool]":
    """Tell for each row whether its enterprise is in default or cure probation on as_of."""
    met = rows[["enterprise_id", "as_of"]].reset_index().merge(spells, on="enterprise_id")
    inside = (met["started_on"] <= met["as_of"]) & ~(met["ended_on"] <= met["as_of"])
    return pd.Series(rows.index.isin(met.loc[inside, "index"]), index=rows.index)


def _first_default(rows: pd.DataFrame, spells: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    met = rows[["enterprise_id", "as_of", "window_end"]].reset_index().merge(spells, on="enterprise_id")
    inside = met[(met["started_on"] > met["as_of"]) & (met["started_on"] < met["window_end"])]
    return inside.groupby("index")["started_on"].min().reindex(rows.index)


def _exposure(rows: pd.DataFrame, lending: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return per row the day its enterprise's exposure ends, and the months of reports due and given."""
    loans = lending["loan"][["enterprise_id", "disbursed_on", "settled_on"]]
    far = pd.Timestamp("2200-01-01")
    spans = loans.assign(settled_on=loans["settled_on"].fillna(far))
    met = rows[["enterprise_id", "window_from", "window_end"]].reset_index().merge(spans, on="enterprise_id")
    met = met[(met["disbursed_on"] < met["window_end"]) & (met["settled_on"] > met["window_from"])]
    ends_on = met.groupby("index")["settled_on"].max().reindex(rows.index).fillna(rows["window_from"])
    last = ends_on.where(ends_on < rows["window_end"], rows["window_end"])
    expected = (last.dt.year - rows["window_from"].dt.year) * 12 + last.dt.month - rows["window_from"].dt.month
    return pd.DataFrame({"ends_on": ends_on, "expected": expected, "reported": _reported(rows, last, lending)})


def _reported(
    rows: pd.DataFrame, last: "pd.Series[pd.Timestamp]", lending: Mapping[str, pd.DataFrame]
) -> "pd.Series[int]":
    months = lending["loan_month"][["enterprise_id", "happened_on"]].drop_duplicates()
    met = rows[["enterprise_id", "window_from"]].assign(last=last).reset_index().merge(months, on="enterprise_id")
    inside = met[(met["happened_on"] >= met["window_from"]) & (met["happened_on"] < met["last"])]
    return inside.groupby("index").size().reindex(rows.index).fillna(0).astype(int)


def _deregistered_on(rows: pd.DataFrame, lending: Mapping[str, pd.DataFrame]) -> "pd.Series[pd.Timestamp]":
    firms = lending["enterprise_registration"].drop_duplicates("enterprise_id").set_index("enterprise_id")["ended_on"]
    return rows["enterprise_id"].map(firms)


def read_label_rule(text: str, day: date) -> LabelRule:
    """Return the rule in force on day from the text of label_rule.yaml."""
    numbers = ParameterSet.parse(text).numbers(day)
    whole = {name: int(value) for name, value in numbers.items() if name not in ("materiality", "reported_share")}
    return LabelRule(
        materiality=float(numbers["materiality"]), reported_share=float(numbers["reported_share"]), **whole
    )
