"""Is there a reason not to score an enterprise on a day at all?"""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from data.spec.columns import columns_of, names_with_rows
from data.spec.tables import TABLES
from data.spec.versions import latest_known
from models.labels import default_events, default_spells, in_default
from models.retraining import LENDING, read_rule
from risk.unscored import STANDINGS, Standing, Unscored

REGISTER = "enterprise_registration"


Events = Mapping[str, pd.DataFrame]


def standings(events: Events, enterprises: Sequence[int], as_of: date, *, stale_days: int) -> dict[int, Standing]:
    """Return what stands against a score, for those of the enterprises against which something does.

    `stale_days`: so long may a firm's latest row lie back.

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
    span = pd.Interval(day - pd.Timedelta(days=stale_days), day, closed="left")
    stale = _without_rows_learned(events, known, set(enterprises) - unknown, span)
    defaulted = _in_default(events, known, enterprises, day)
    nothing = Unscored.NOT_AUTHORISED if set(TABLES) - set(events) else Unscored.NO_EVIDENCE
    return {
        **dict.fromkeys(sorted(stale), STANDINGS[Unscored.STALE]),
        **{one: STANDINGS[Unscored.IN_DEFAULT] for one in enterprises if one in defaulted},
        **{one: STANDINGS[Unscored.DEREGISTERED] for one in enterprises if one in gone},
        **dict.fromkeys(sorted(unknown), STANDINGS[nothing]),
    }


def _without_evidence(events: Events, known: Sequence[str], enterprises: Sequence[int], day: pd.Timestamp) -> set[int]:
    """Return those of whom nothing but their registration can be seen; looks no further than it must."""
    waiting = set(enterprises)
    for name in known:
        if waiting and name != REGISTER:
            waiting -= set(_visible(events[name], day)["enterprise_id"])
    return waiting


def _without_rows_learned(
    events: Events, known: Sequence[str], enterprises: set[int], span: "pd.Interval[pd.Timestamp]"
) -> set[int]:
    """Return those of whom nothing was learned within a span of days; looks no further than it must."""
    waiting = set(enterprises)
    for name in known:
        if waiting:
            columns = columns_of(events, name)
            learned = columns.column("known_on")
            fresh = (learned >= span.left.to_datetime64()) & (learned < span.right.to_datetime64())
            waiting -= set(columns.column("enterprise_id")[fresh].tolist())
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
