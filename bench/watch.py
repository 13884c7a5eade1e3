"""How often does a borrower default within a year of a warning, and how long before, against borrowers at random?

On a demonstration city, where the truth is known. It proves that the rules work, not how well they will do.
"""

import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from data.intake import load_folder
from data.spec.access import Purpose, bureau_access
from data.spec.progress import Silent
from data.spec.versions import latest_known
from data.store import Store
from data.store.reads import read_enterprises, read_events
from data.zibo import write_city
from risk.derivation import derive
from risk.warning_rules import RULES, WATCHED_TABLES, exposed, find_signals, read_warning_limits

AT, TODAY = datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1)
MATURE = pd.Timestamp("2025-01-01")
"""Warnings known before this day have a whole year behind them."""
ENTERPRISES, YEAR = 2_000, 365


def run() -> Mapping[str, object]:
    """Measure and print a table; return the figures."""
    events, default_on = _city()
    begun = time.perf_counter()
    signals = find_signals(events, read_warning_limits(TODAY), as_of=TODAY)
    seconds = time.perf_counter() - begun
    loans = latest_known(events["loan"], pd.Timestamp(TODAY))
    told = _judged(signals[exposed(loans, signals)], default_on)
    chance = _by_chance(loans, default_on)
    print(f"  {'规则':<16}{'次数':>6}{'一年内违约':>10}{'提前天数':>8}   随机在贷企业 {chance:.1%}")
    for name, rows in sorted(told.groupby("rule"), key=lambda pair: -pair[1]["came"].mean()):
        lead = f"{rows.loc[rows['came'], 'lead'].median():.0f}" if rows["came"].any() else "—"
        print(f"  {RULES[str(name)].label:<16}{len(rows):>6}{rows['came'].mean():>12.1%}{lead:>8}")
    severe = told[told["severity"] >= 2]
    defaults = default_on[(default_on >= "2018-01-01") & (default_on < pd.Timestamp(TODAY))]
    return {
        "seconds": round(seconds, 2),
        "warnings": len(told),
        "precision": round(float(told["came"].mean()), 3),
        "precision_severe": round(float(severe["came"].mean()), 3),
        "chance": round(chance, 4),
        "lift_vs_chance": round(float(told["came"].mean()) / chance, 1),
        "lift_severe_vs_chance": round(float(severe["came"].mean()) / chance, 1),
        "lead_days": float(told.loc[told["came"], "lead"].median()),
        "lead_days_severe": float(severe.loc[severe["came"], "lead"].median()),
        "defaults": len(defaults),
        "defaults_warned": round(_warned(signals, defaults), 3),
        "defaults_warned_without_overdue": round(_warned(signals[~_is_overdue(signals)], defaults), 3),
    }


def _city() -> tuple[Mapping[str, pd.DataFrame], "pd.Series[pd.Timestamp]"]:
    """Write, load and read a city; return its evidence, and the day on which each firm first defaulted."""
    with tempfile.TemporaryDirectory() as folder:
        place, access = Path(folder), bureau_access("bench", at=AT, purpose=Purpose.INTAKE)
        print(f"演示城市 {ENTERPRISES:,} 家", file=sys.stderr)
        write_city(place, enterprises=ENTERPRISES, progress=Silent())
        store = Store.create(f"sqlite:///{place}/store.db", at=AT, demonstration_today=TODAY)
        load_folder(store, place / "lists", at=AT, actor="bench", progress=Silent())
        with store.work(at=AT) as work:
            derive(work, today=TODAY, access=access, progress=Silent())
            work.commit()
        with store.work(at=AT, read_only=True) as work:
            events = read_events(work, [*WATCHED_TABLES, "loan"], access=access)
            numbers = read_enterprises(work, access=access).set_index("value")["enterprise_id"]
        store.close()
        truth = pd.read_csv(place / "truth" / "identities.csv", parse_dates=["first_default_on"])
    known = truth.assign(firm=truth["code"].map(numbers)).dropna(subset=["firm"])
    return events, known.set_index("firm")["first_default_on"]


def _judged(signals: pd.DataFrame, default_on: "pd.Series[pd.Timestamp]") -> pd.DataFrame:
    """Keep warnings about firms not yet in default, with a whole year behind them, and say which came true."""
    ahead = signals.assign(default_on=signals["enterprise_id"].map(default_on))
    ahead = ahead[~(ahead["default_on"] <= ahead["known_on"]) & (ahead["known_on"] < MATURE)]
    lead = (ahead["default_on"] - ahead["known_on"]).dt.days
    return ahead.assign(lead=lead, came=lead <= YEAR)


def _by_chance(loans: pd.DataFrame, default_on: "pd.Series[pd.Timestamp]") -> float:
    """Return how often a borrower not in default at a month's end defaults within a year."""
    met = loans[["enterprise_id", "disbursed_on", "settled_on"]].merge(
        pd.DataFrame({"known_on": pd.date_range("2017-01-31", MATURE, freq="ME")}), how="cross"
    )
    owed = met[(met["disbursed_on"] <= met["known_on"]) & ~(met["settled_on"] <= met["known_on"])]
    return float(_judged(owed.drop_duplicates(["enterprise_id", "known_on"]), default_on)["came"].mean())


def _is_overdue(signals: pd.DataFrame) -> "pd.Series[bool]":
    return signals["rule"].str.startswith("overdue")


def _warned(signals: pd.DataFrame, defaults: "pd.Series[pd.Timestamp]") -> float:
    """Return the share of defaults before which, within a year, there was a warning."""
    met = signals.merge(defaults.rename("default_on"), left_on="enterprise_id", right_index=True)
    lead = (met["default_on"] - met["known_on"]).dt.days
    return met.loc[(lead > 0) & (lead <= YEAR), "enterprise_id"].nunique() / len(defaults)
