"""How are scores joined with labels that never leave the bank (样本回溯)?"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

COLUMNS = ("position", "uscc", "as_of", "label", "status", "score", "grade", "pd", "model", "unseen", "code")


@dataclass(frozen=True)
class Sample:
    """Be one loan of the bank's book: whom it was about, the day of the question, and what became of it.

    Firm and day are sent; `label` (1 defaulted, 0 not, None not yet known) is not.
    """

    uscc: str
    as_of: date
    label: int | None = None

    def pair(self) -> dict[str, Any]:
        """Return what is sent of it."""
        return {"enterprise": {"scheme": "uscc", "value": self.uscc}, "as_of": self.as_of.isoformat()}


def joined(samples: Sequence[Sample], answers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Put each answer, or the code of its refusal, beside its own sample's label, in the order of the samples.

    Answers name their sample by its position in the request. A sample without an answer keeps its row.
    """
    told = {int(one["position"]): one for one in answers}
    rows = []
    for place, one in enumerate(samples):
        own = {"position": place, "uscc": one.uscc, "as_of": one.as_of.isoformat(), "label": one.label}
        row = {**told.get(place, {}), **own}
        rows.append({name: row.get(name) for name in COLUMNS})
    return rows


def write_rows(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write joined rows as CSV that spreadsheets read in Chinese."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
