"""Is there a reason not to score an enterprise on a day at all?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from data.spec.columns import names_with_rows
from data.spec.versions import latest_known
from models.labels import default_events, default_spells, in_default
from models.retraining import LENDING, read_rule
from risk.assessment import Status

REGISTER = "enterprise_registration"


@dataclass(frozen=True)
class Standing:
    """Say in Chinese, and by code, why there is no score."""

    status: Status
    code: str
    message: str


NO_EVIDENCE = Standing(
    Status.NOT_SCORED,
    "no-evidence",
    "截至该日，本库没有这家企业的任何可用证据，不予评分。请先导入企业名录及相关名单，或取得企业对更多数据类别的授权。",
)
DEREGISTERED = Standing(Status.NOT_SCORED, "enterprise-deregistered", "截至该日，企业已注销，不予评分。")
IN_DEFAULT = Standing(
    Status.IN_DEFAULT, "in-default", "截至该日，企业处于违约或违约恢复观察期，不再评分，请按不良资产管理程序处理。"
)


def standings(events: Mapping[str, pd.DataFrame], enterprises: Sequence[int], as_of: date) -> dict[int, Standing]:
    """Return what stands against a score, for those of the enterprises against which something does.

    Shapes: events holds the rows of these enterprises; tables that may not be read are absent.
    Source: method.md 1; decisions.md 17.
    """
    day = pd.Timestamp(as_of).as_unit("s")
    known = names_with_rows(events)
    gone: set[int] = set()
    if REGISTER in known:
        register = _visible(events[REGISTER], day)
        gone = set(register.loc[register["ended_on"] <= day, "enterprise_id"])
    unknown = _without_evidence(events, known, enterprises, day)
    defaulted = _in_default(events, known, enterprises, day)
    against = {one: IN_DEFAULT for one in enterprises if one in defaulted}
    against |= dict.fromkeys((one for one in enterprises if one in gone), DEREGISTERED)
    return against | dict.fromkeys((one for one in enterprises if one in unknown), NO_EVIDENCE)


def _without_evidence(
    events: Mapping[str, pd.DataFrame], known: Sequence[str], enterprises: Sequence[int], day: pd.Timestamp
) -> set[int]:
    """Return those of whom nothing but their registration can be seen; looks no further than it must."""
    waiting = set(enterprises)
    for name in known:
        if waiting and name != REGISTER:
            waiting -= set(_visible(events[name], day)["enterprise_id"])
    return waiting


def _visible(frame: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    latest = latest_known(frame, day)
    return latest[latest["happened_on"] < day]


def _in_default(
    events: Mapping[str, pd.DataFrame], known: Sequence[str], enterprises: Sequence[int], day: pd.Timestamp
) -> set[int]:
    if any(name not in events for name in LENDING) or "loan" not in known:
        return set()
    seen = {name: _visible(events[name], day) for name in LENDING}
    if seen["loan"].empty:
        return set()
    if REGISTER in events:
        seen[REGISTER] = _visible(events[REGISTER], day)
    rule = read_rule(day.date())
    spells = default_spells(default_events(seen, rule), seen["loan_month"], rule)
    asked = pd.DataFrame({"enterprise_id": list(enterprises), "as_of": day})
    return set(asked.loc[in_default(asked, spells), "enterprise_id"])
