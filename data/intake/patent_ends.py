"""What do legal-status events make known of patents: which have ended, and which hold again?"""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from data.intake.list_file import Consequence
from data.intake.oddities import standing_of
from data.spec.tables.patents import patent, patent_event

PATENT = ["enterprise_id", "application_no"]
ENDS: Mapping[str, str | None] = {"lapsed": None, "invalidated": "invalid", "transferred_out": "transferred"}
"""Events by which a patent is its enterprise's no more, with why, where the event says it."""

RESUMES = ("restored",)
Rows = list[dict[str, Any]]


def ends_told(patents: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return the versions of patents that events make known: an end that their own list did not tell, or its undoing.

    Only what follows from a new patent or a new event is returned, with that one's file row.
    Shapes: versions of both tables with is_new; the answer has the columns of patents.
    """
    told = standing_of(events[events["event"].isin([*ENDS, *RESUMES])])
    asked = patents.merge(told[PATENT].drop_duplicates(), on=PATENT).sort_values(
        ["known_on", "recorded_at", "file_row"]
    )
    happened = _by_patent(told.sort_values(["known_on", "occurred_on", "file_row"]))
    made = [one for key, versions in _by_patent(asked).items() for one in _following(versions, happened[key])]
    return pd.DataFrame(made, columns=patents.columns).astype(patents.dtypes)


def untold_ends(rows: pd.DataFrame, events: pd.DataFrame) -> "pd.Series[bool]":
    """Find patents that their list tells of as standing, when events known by then say that they ended."""
    told = standing_of(events[events["event"].isin([*ENDS, *RESUMES])])[[*PATENT, "event", "occurred_on", "known_on"]]
    pairs = rows[[*PATENT, "known_on", "file_row"]].merge(told, on=PATENT, suffixes=("", "_then"))
    known = pairs[pairs["known_on_then"] < pairs["known_on"]].sort_values(["known_on_then", "occurred_on"])
    last = known.drop_duplicates("file_row", keep="last")
    ended = last.loc[last["event"].isin(list(ENDS)), "file_row"]
    return rows["file_row"].isin(ended) & rows["ceased_on"].isna()


def _by_patent(rows: pd.DataFrame) -> dict[tuple[int, str], Rows]:
    found: dict[tuple[int, str], Rows] = {}
    for row in rows.to_dict("records"):
        found.setdefault((row["enterprise_id"], row["application_no"]), []).append({str(k): v for k, v in row.items()})
    return found


def _following(versions: Rows, events: Rows) -> Iterator[dict[str, Any]]:
    """Go through what became known in its order, a patent's own list before the events of the same day."""
    steps = sorted([*(("", one) for one in versions), *(("event", one) for one in events)], key=_order)
    now: dict[str, Any] | None = None
    for kind, row in steps:
        if not kind:
            now = row
        elif now is not None and not now["withdrawn"] and pd.isna(now["ceased_on"]) is (row["event"] in ENDS):
            is_new = now["is_new"] or row["is_new"]
            now = _version(now, row)
            if is_new:
                yield now


def _order(step: tuple[str, dict[str, Any]]) -> tuple[pd.Timestamp, str]:
    return step[1]["known_on"], step[0]


def _version(now: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    ends = event["event"] in ENDS
    return now | {
        "ceased_on": event["occurred_on"] if ends else pd.NaT,
        "ended_by": ENDS[event["event"]] if ends else None,
        "known_on": event["known_on"],
        "known_basis": event["known_basis"],
        "file_row": event["file_row"] if event["is_new"] else now["file_row"],
        "is_new": event["is_new"] or now["is_new"],
    }


ENDS_TOLD = Consequence(table=patent, beside=patent_event, of=ends_told)
"""What either of the two lists makes known of patents."""
