"""Is there a reason not to score an enterprise on a day at all?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from data.spec.versions import latest_known
from models.labels import default_events, default_spells, in_default
from models.retraining import LENDING, read_rule
from risk.assessment import Status


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


def why_not_scored(events: Mapping[str, pd.DataFrame], as_of: date) -> Standing | None:
    """Return why one enterprise's evidence gives no score on as_of; None where it may be scored.

    Shapes: events holds the rows of this enterprise alone; tables that may not be read are absent.
    Source: method.md 1; decisions.md 17.
    """
    day = pd.Timestamp(as_of).as_unit("s")
    seen = {name: _visible(frame, day) for name, frame in events.items()}
    if all(frame.empty for name, frame in seen.items() if name != "enterprise_registration"):
        return NO_EVIDENCE
    register = seen.get("enterprise_registration", pd.DataFrame({"ended_on": []}))
    if (register["ended_on"] <= day).any():
        return DEREGISTERED
    return IN_DEFAULT if _is_in_default(seen, day) else None


def _visible(frame: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    latest = latest_known(frame, day)
    return latest[latest["happened_on"] < day]


def _is_in_default(seen: Mapping[str, pd.DataFrame], day: pd.Timestamp) -> bool:
    if any(name not in seen for name in LENDING) or seen["loan"].empty:
        return False
    rule = read_rule(day.date())
    spells = default_spells(default_events(seen, rule), seen["loan_month"], rule)
    asked = pd.DataFrame({"enterprise_id": seen["loan"]["enterprise_id"].iloc[:1], "as_of": [day]})
    return bool(in_default(asked, spells).any())
