"""Which rows of which files stand behind a reason?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from data.spec.tables import derived
from features.behind import CountedRow, rows_behind
from features.catalogue import FEATURES
from risk.assessment import Reason, Source
from risk.lineage import rests_on_others

DERIVED = frozenset(table.name for table in derived.TABLES)
"""Rows of these stand in no file."""

CITED = 3
"""So many rows are cited for each feature of a reason; the evidence door gives them all."""


@dataclass(frozen=True)
class Sources:
    """Trace the reasons of one answer: the batches, the enterprise's rows, and the question's day."""

    batches: pd.DataFrame
    events: Mapping[str, pd.DataFrame]
    enterprise_id: int
    as_of: date
    own_loan: str | None

    def cite(self, reason: Reason) -> Reason:
        """Return the reason with the latest rows counted for each of its features; none that derives from others."""
        features = [part.feature for part in reason.parts] or [reason.feature]
        rows = {(row.batch_id, row.file_row): row for name in features for row in self._rows(name)}
        return replace(reason, sources=tuple(self._source(row) for row in rows.values()))

    def _rows(self, feature: str) -> list[CountedRow]:
        if rests_on_others(FEATURES[feature].tables):
            return []
        rows = rows_behind(FEATURES[feature], self.events, self.enterprise_id, self.as_of, self.own_loan)
        listed = (row for row in rows if row.counted and row.table not in DERIVED)
        return sorted(listed, key=_recency, reverse=True)[:CITED]

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
