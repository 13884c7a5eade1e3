"""Which rows of which files stand behind a reason?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from data.spec.tables import derived
from features.catalogue import FEATURES
from features.definition import CountedRow, rows_behind
from risk.assessment import Reason, Source
from risk.lineage import rests_on_others

DERIVED = frozenset(table.name for table in derived.TABLES)
"""Rows of these stand in no file."""

CITED = 3
"""So many rows are cited with a reason; the evidence door gives them all."""


@dataclass(frozen=True)
class Sources:
    """Trace the reasons of one answer: the batches, the enterprise's rows, and the question's day."""

    batches: pd.DataFrame
    events: Mapping[str, pd.DataFrame]
    enterprise_id: int
    as_of: date
    own_loan: str | None

    def cite(self, reason: Reason) -> Reason:
        """Return the reason with the latest rows that were counted for it; none that derives from other firms."""
        if rests_on_others(FEATURES[reason.feature].tables):
            return reason
        rows = rows_behind(FEATURES[reason.feature], self.events, self.enterprise_id, self.as_of, self.own_loan)
        listed = (row for row in rows if row.counted and row.table not in DERIVED)
        counted = sorted(listed, key=_recency, reverse=True)
        return replace(reason, sources=tuple(self._source(row) for row in counted[:CITED]))

    def _source(self, row: CountedRow) -> Source:
        batch = self.batches.set_index("id").loc[row.batch_id]
        return Source(
            list_label=str(batch["source"]),
            file=str(batch["file_name"]),
            batch_id=row.batch_id,
            file_row=row.file_row,
            known_on=row.known_on or date.min,
        )


def _recency(row: CountedRow) -> tuple[date, date, int]:
    return (row.happened_on or date.min, row.known_on or date.min, row.file_row)
