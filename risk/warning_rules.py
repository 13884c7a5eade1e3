"""Which events of a borrower are a warning, since when known, and which rows say so? Pure.

A record warns on the day it was first known, whatever is added to it later, and not at all once it was withdrawn. A
figure warns when the later of the two figures it compares was known.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from data.spec.dated import ParameterSet
from data.spec.table import Table
from data.spec.tables.conduct import conduct_record, guarantee
from data.spec.tables.derived import guarantee_graph
from data.spec.tables.lending import loan_month
from data.spec.tables.patents import patent_event
from data.spec.tables.qualifications import high_tech_certificate
from data.spec.tables.rnd import rnd_year
from data.spec.versions import VERSION_ORDER, latest_known

Events = Mapping[str, pd.DataFrame]
Limits = Mapping[str, float]
RECORD = ["enterprise_id", "record_key"]
SIGNAL = ["enterprise_id", "key", "happened_on", "known_on", "recorded_at", "value", "batch_id", "file_row", "owner"]
"""Columns of signals: whose, what tells them apart, the days, the instant, a measure, and the row behind them."""
BASES = ("statistics", "accounting", "tax")
"""Of several bases of the same year the first is compared."""


@dataclass(frozen=True, kw_only=True)
class WarningRule:
    """Declare one rule: the table it reads, how its signals are found, and what is said of one.

    `bare`: it derives from other firms' data, so that only who reported the rows may see them. `say` completes
    “{label}：” with {value}; the severity and the sizes stand in warning_rules.yaml under the rule's name.
    """

    name: str
    label: str
    table: Table
    find: Callable[[Events, Limits, pd.Timestamp], pd.DataFrame]
    say: str = ""
    bare: bool = False


@cache
def _rules() -> ParameterSet:
    return ParameterSet.parse(Path(__file__).with_name("warning_rules.yaml").read_text(encoding="utf-8"))


def read_warning_limits(day: date) -> dict[str, float]:
    """Return severities and sizes in force on day (risk/warning_rules.yaml); raise NotInForce before the first."""
    return {name: float(value) for name, value in _rules().numbers(day).items()}


def _first_seen(rows: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return each record's first version known before a day, unless it was withdrawn since."""
    standing = latest_known(rows, day)[RECORD]
    known = rows[(rows["known_on"] < day) & ~rows["withdrawn"].astype(bool)].sort_values(list(VERSION_ORDER))
    return known.drop_duplicates(RECORD).merge(standing, on=RECORD)


def _signals(rows: pd.DataFrame, *, key: str = "record_key", value: str | None = None) -> pd.DataFrame:
    told = rows.assign(key=rows[key].astype(str), value=rows[value] if value else float("nan"))
    return told[SIGNAL]


def _conduct(kind: str, least: str | None = None) -> Callable[[Events, Limits, pd.Timestamp], pd.DataFrame]:
    def find(events: Events, limits: Limits, day: pd.Timestamp) -> pd.DataFrame:
        rows = _first_seen(events[conduct_record.name], day)
        rows = rows[rows["kind"] == kind]
        if least is not None:
            rows = rows[~(rows["amount"] < limits[least])]
        return _signals(rows, value="amount")

    return find


def _patents(*kinds: str) -> Callable[[Events, Limits, pd.Timestamp], pd.DataFrame]:
    def find(events: Events, limits: Limits, day: pd.Timestamp) -> pd.DataFrame:
        rows = _first_seen(events[patent_event.name], day)
        return _signals(rows[rows["event"].isin(kinds) & (rows["patent_kind"] == "invention")])

    return find


def _revoked(events: Events, limits: Limits, day: pd.Timestamp) -> pd.DataFrame:
    rows = events[high_tech_certificate.name]
    return _signals(_first_seen(rows[rows["event"] == "revoked"], day))


def _expired(events: Events, limits: Limits, day: pd.Timestamp) -> pd.DataFrame:
    """Find certificates that ran out and were followed by none; that is known when the days of grace are over."""
    rows = latest_known(events[high_tech_certificate.name], day)
    rows = rows[rows["event"] != "revoked"]
    out = rows.assign(lapsed_on=rows["valid_until"] + pd.Timedelta(days=limits["certificate_grace_days"]))
    out = out[out["lapsed_on"] < day]
    later = out[["enterprise_id", "record_key", "valid_until", "lapsed_on"]].merge(
        rows[["enterprise_id", "issued_on", "valid_until", "known_on"]], on="enterprise_id", suffixes=("", "_next")
    )
    renewed = later[(later["valid_until_next"] > later["valid_until"]) & (later["known_on"] <= later["lapsed_on"])]
    left = out[~out["record_key"].isin(renewed["record_key"])]
    known_on = left["known_on"].where(left["known_on"] > left["lapsed_on"], left["lapsed_on"])
    return _signals(left.assign(happened_on=left["valid_until"], known_on=known_on))


def _fall(column: str, least: str) -> Callable[[Events, Limits, pd.Timestamp], pd.DataFrame]:
    def find(events: Events, limits: Limits, day: pd.Timestamp) -> pd.DataFrame:
        rows = latest_known(events[rnd_year.name], day).dropna(subset=[column])
        rows = rows.assign(calendar=rows["year"].dt.year, place=rows["basis"].map(BASES.index))
        before = rows.assign(calendar=rows["calendar"] + 1)
        on = ["enterprise_id", "basis", "calendar"]
        pairs = rows.merge(before[[*on, column, "known_on"]], on=on, suffixes=("", "_before"))
        pairs = pairs.sort_values("place").drop_duplicates(["enterprise_id", "calendar"])
        fall = (1 - pairs[column] / pairs[f"{column}_before"].where(pairs[f"{column}_before"] > 0)).round(9)
        known_on = pairs[["known_on", "known_on_before"]].max(axis=1)
        return _signals(pairs.assign(fall=fall, known_on=known_on)[fall >= limits[least]], key="calendar", value="fall")

    return find


def _distress(events: Events, limits: Limits, day: pd.Timestamp) -> pd.DataFrame:
    """Find the days on which a firm's first guarantee partner came into distress."""
    rows = latest_known(events[guarantee_graph.name], day).sort_values(["enterprise_id", "happened_on"])
    before = rows.groupby("enterprise_id")["distressed_partners"].shift(fill_value=0)
    begun = rows[(rows["distressed_partners"] > 0) & ~(before > 0)]
    return _signals(begun, value="distressed_partners")


def _overdue(least: str, most: str | None = None) -> Callable[[Events, Limits, pd.Timestamp], pd.DataFrame]:
    """Find the months in which a loan's days past due reach a step that they had not reached the month before."""

    def find(events: Events, limits: Limits, day: pd.Timestamp) -> pd.DataFrame:
        rows = _first_seen(events[loan_month.name], day).sort_values(["loan_no", "happened_on"])
        before = rows.groupby("loan_no")["days_past_due"].shift(fill_value=0)
        reached = (rows["days_past_due"] >= limits[least]) & ~(before >= limits[least])
        if most is not None:
            reached &= rows["days_past_due"] < limits[most]
        return _signals(rows[reached], value="days_past_due")

    return find


RULES: Mapping[str, WarningRule] = {
    rule.name: rule
    for rule in (
        WarningRule(
            name="overdue_60",
            label="逾期第三档",
            table=loan_month,
            find=_overdue("overdue_60_days"),
            say="月末已逾期{value:.0f}天",
        ),
        WarningRule(
            name="overdue_30",
            label="逾期第二档",
            table=loan_month,
            find=_overdue("overdue_30_days", "overdue_60_days"),
            say="月末已逾期{value:.0f}天",
        ),
        WarningRule(
            name="overdue",
            label="出现逾期",
            table=loan_month,
            find=_overdue("overdue_days", "overdue_30_days"),
            say="月末已逾期{value:.0f}天",
        ),
        WarningRule(
            name="dishonesty",
            label="列入失信被执行人",
            table=conduct_record,
            find=_conduct("dishonesty"),
            say="{value}",
        ),
        WarningRule(
            name="enforcement",
            label="被列为被执行人",
            table=conduct_record,
            find=_conduct("enforcement"),
            say="{value}",
        ),
        WarningRule(
            name="serious_violation", label="列入严重违法", table=conduct_record, find=_conduct("serious_violation")
        ),
        WarningRule(
            name="abnormal_operation", label="列入经营异常", table=conduct_record, find=_conduct("abnormal_operation")
        ),
        WarningRule(
            name="tax_arrears",
            label="欠税",
            table=conduct_record,
            find=_conduct("tax_arrears", "tax_arrears_amount"),
            say="{value}",
        ),
        WarningRule(
            name="partner_distress",
            label="担保关系中有企业陷入困境",
            table=guarantee_graph,
            find=_distress,
            say="只提示，不列明细",
            bare=True,
        ),
        WarningRule(
            name="certificate_lost", label="高新技术企业资格被取消", table=high_tech_certificate, find=_revoked
        ),
        WarningRule(
            name="certificate_expired", label="高新技术企业证书到期未续", table=high_tech_certificate, find=_expired
        ),
        WarningRule(
            name="patent_lapsed", label="发明专利失效", table=patent_event, find=_patents("lapsed", "invalidated")
        ),
        WarningRule(name="patent_fee_late", label="发明专利年费滞纳", table=patent_event, find=_patents("fee_late")),
        WarningRule(
            name="rnd_fall",
            label="研发费用下降",
            table=rnd_year,
            find=_fall("rnd_expense", "rnd_fall_share"),
            say="较上年下降{value:.0%}",
        ),
        WarningRule(
            name="rnd_staff_fall",
            label="研发人员减少",
            table=rnd_year,
            find=_fall("rnd_staff", "rnd_staff_fall_share"),
            say="较上年减少{value:.0%}",
        ),
        WarningRule(
            name="staff_fall",
            label="从业人员减少",
            table=rnd_year,
            find=_fall("staff", "staff_fall_share"),
            say="较上年减少{value:.0%}",
        ),
    )
}
"""Every rule by name, the gravest first."""

WATCHED_TABLES = tuple(dict.fromkeys([*(rule.table.name for rule in RULES.values()), guarantee.name]))


def severe_tables(limits: Limits) -> tuple[str, ...]:
    """Return the tables of the rules that are severe enough to end an assessment."""
    severe = (rule.table.name for name, rule in RULES.items() if limits[name] >= limits["ending_severity"])
    return tuple(dict.fromkeys(severe))


def find_signals(events: Events, limits: Limits, *, as_of: date, least: float = 1) -> pd.DataFrame:
    """Return every signal known before as_of and at least so severe, in the order in which they became known.

    Shapes: events holds every version of WATCHED_TABLES, or of those that such rules read; the columns are SIGNAL,
    rule and severity.
    """
    day = pd.Timestamp(as_of).as_unit("s")
    found = [
        rule.find(events, limits, day).assign(rule=name, severity=int(limits[name]))
        for name, rule in RULES.items()
        if limits[name] >= least
    ]
    told = pd.concat([rows for rows in found if len(rows)] or found[:1], ignore_index=True)
    told = told[told["known_on"] < day]
    return told.sort_values(["known_on", "enterprise_id", "rule", "key"], ignore_index=True)


def exposed(loans: pd.DataFrame, signals: pd.DataFrame) -> "pd.Series[bool]":
    """Tell of each signal whether its firm owed a bank anything on the day it became known.

    Shapes: loans holds the latest known versions.
    """
    spans = loans[["enterprise_id", "disbursed_on", "settled_on"]]
    met = signals[["enterprise_id", "known_on"]].reset_index().merge(spans, on="enterprise_id")
    inside = (met["disbursed_on"] <= met["known_on"]) & ~(met["settled_on"] <= met["known_on"])
    return pd.Series(signals.index.isin(met.loc[inside, "index"]), index=signals.index)
