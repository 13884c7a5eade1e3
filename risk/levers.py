"""What can a firm itself change, in which rows of evidence would it be seen, and how far does it reach?

Each lever moves declared features in the direction that a credit officer would sign, and none makes cheap evidence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from data.spec.versions import latest_known

Change = Callable[[pd.DataFrame, float, pd.Timestamp], pd.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Lever:
    """Be one thing a firm can do: the table in which it would be read, and how its rows would then read.

    What it is called stands in risk/sentences/changes.yaml.

    change takes the rows that can be seen, the bound and the day, and returns those it alters, altered.
    """

    name: str
    table: str
    change: Change


def rows_if(lever: Lever, events: Mapping[str, pd.DataFrame], bound: float, day: pd.Timestamp) -> pd.DataFrame:
    """Return the versions that pulling the lever would add; empty where there is nothing to change.

    A version keeps the known_on of the one it replaces and is recorded after it, so that whatever hides the one from
    a card hides the other.
    """
    rows = events[lever.table]
    seen = latest_known(rows, day)
    altered = lever.change(seen[seen["happened_on"] < day], bound, day)
    return altered.assign(recorded_at=rows["recorded_at"].max() + pd.Timedelta(seconds=1)) if len(altered) else altered


def _ended(rows: pd.DataFrame, column: str, day: pd.Timestamp) -> pd.DataFrame:
    open_ = rows[rows["ended_on"].isna() | (rows["ended_on"] > day)]
    yesterday = day - pd.Timedelta(days=1)
    return open_.assign(**{"ended_on": yesterday, column: yesterday})


def _remove(*kinds: str) -> Change:
    def change(rows: pd.DataFrame, _: float, day: pd.Timestamp) -> pd.DataFrame:
        return _ended(rows[rows["kind"].isin(kinds)], "removed_on", day)

    return change


def _release(rows: pd.DataFrame, _: float, day: pd.Timestamp) -> pd.DataFrame:
    return _ended(rows, "ends_on", day)


def _latest_year(rows: pd.DataFrame, *columns: str) -> pd.DataFrame:
    told = rows.dropna(subset=list(columns))
    latest: pd.DataFrame = told[told["happened_on"] == told["happened_on"].max()]
    return latest


def _repay(rows: pd.DataFrame, bound: float, _: pd.Timestamp) -> pd.DataFrame:
    latest = _latest_year(rows, "liabilities", "assets")
    paid = (latest["liabilities"] * bound).clip(upper=latest["assets"])
    return latest.assign(liabilities=latest["liabilities"] - paid, assets=latest["assets"] - paid)[paid > 0]


def _collect(rows: pd.DataFrame, bound: float, _: pd.Timestamp) -> pd.DataFrame:
    latest = _latest_year(rows, "receivables")
    return latest.assign(receivables=latest["receivables"] * (1 - bound))[latest["receivables"] > 0]


def _save(rows: pd.DataFrame, bound: float, _: pd.Timestamp) -> pd.DataFrame:
    latest = _latest_year(rows, "total_cost", "profit")
    saved = latest["total_cost"] * bound
    return latest.assign(total_cost=latest["total_cost"] - saved, profit=latest["profit"] + saved)[saved > 0]


LEVERS = (
    Lever(
        name="pay_tax_arrears",
        table="conduct_record",
        change=_remove("tax_arrears"),
    ),
    Lever(
        name="leave_abnormal_list",
        table="conduct_record",
        change=_remove("abnormal_operation"),
    ),
    Lever(
        name="fulfil_judgements",
        table="conduct_record",
        change=_remove("dishonesty", "enforcement"),
    ),
    Lever(name="release_guarantees", table="guarantee", change=_release),
    Lever(
        name="lower_liabilities",
        table="annual_report",
        change=_repay,
    ),
    Lever(
        name="collect_receivables",
        table="annual_report",
        change=_collect,
    ),
    Lever(name="cut_costs", table="annual_report", change=_save),
)
