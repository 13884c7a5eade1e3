"""Which rows hang on a person's decision, and who may be meant?"""

import json
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from data.intake.identity import Match, NamedRow
from data.intake.naming import Basis
from data.intake.resemblance import MOST, WHOLLY, Resemblance, Why
from data.spec.access import Access
from data.spec.identifiers import Scheme
from data.store import Work
from data.store.doubts import (
    DoubtfulRow,
    StoredCandidate,
    mark_taken,
    remember_doubt,
    write_candidates,
    write_doubtful_rows,
    write_matches,
)
from data.store.reads import read_lives, read_names, read_numbers


def note_names(
    work: Work,
    match: Match,
    frame: pd.DataFrame,
    *,
    list_name: str,
    batch_id: str,
    met: Mapping[int, str],
    access: Access,
) -> None:
    """Keep what was found by name in a batch: on what basis, and who waits for a decision.

    Shapes: frame is the typed frame that was matched; its rows are kept as they were read, so that a
        decision can take them in without the file. `met`: rows of the file that wait already, and in which
        batch they were met.
    """
    found = [row for row in match.named if not row.found.code and row.found.basis is not Basis.EXACT]
    write_matches(work, [_match(row, batch_id) for row in found])
    sound = {row.file_row for row in match.named if not row.found.code}
    mark_taken(work, {row: batch for row, batch in met.items() if row in sound}, batch_id)
    queue = _Queue(work, list_name, access)
    doubts = {row.file_row: queue.about(row) for row in match.named if row.waits or row.decided is not None}
    drafts = _drafts(frame, doubts.keys() - met.keys())
    rows = [
        DoubtfulRow(
            batch_id=batch_id,
            file_row=file_row,
            doubt_id=doubts[file_row],
            draft=draft,
            taken_batch_id=batch_id if file_row in sound else None,
        )
        for file_row, draft in drafts.items()
    ]
    write_doubtful_rows(work, rows)


def _match(row: NamedRow, batch_id: str) -> dict[str, object]:
    return {
        "batch_id": batch_id,
        "file_row": row.file_row,
        "enterprise_id": row.found.enterprise_id,
        "name": row.asked.names[0],
        "basis": str(row.found.basis),
        "decision_id": row.decided.decision_id if row.decided else None,
    }


class _Queue:
    """Put names into a list's queue, each once, with who may be meant."""

    def __init__(self, work: Work, list_name: str, access: Access) -> None:
        self._work, self._list, self._access = work, list_name, access
        self._met: dict[str, int] = {}
        self._resemblance: Resemblance | None = None

    def about(self, row: NamedRow) -> int:
        """Return the number of the entry that a row hangs on."""
        if row.decided is not None:
            return row.decided.doubt_id
        key = row.asked.key
        if key not in self._met:
            found = row.found
            self._met[key] = remember_doubt(
                self._work,
                list_name=self._list,
                names_key=key,
                said=row.asked.names,
                code=found.code,
                message=found.message,
            )
            write_candidates(self._work, self._met[key], self._candidates(row))
        return self._met[key]

    def _candidates(self, row: NamedRow) -> list[StoredCandidate]:
        """List who bears the name, who took a bearer over, then whose names are like it."""
        if self._resemblance is None:
            self._resemblance = Resemblance(self._names)
        certain = [(one.enterprise_id, one.name, Why.SAME_NAME) for one in row.found.bearers]
        certain += [(heir, name, Why.SUCCESSOR) for heir, name in self._heirs(row)]
        best: dict[int, StoredCandidate] = {}
        for number, name, why in certain:
            best.setdefault(number, StoredCandidate(enterprise_id=number, name=name, score=WHOLLY, why=str(why)))
        near = [one for name in row.asked.names for one in self._resemblance.candidates(name)]
        for one in sorted(near, key=lambda candidate: -candidate.score):
            stored = StoredCandidate(enterprise_id=one.enterprise_id, name=one.name, score=one.score, why=str(one.why))
            best.setdefault(one.enterprise_id, stored)
        return list(best.values())[: max(MOST, len(certain))]

    @cached_property
    def _names(self) -> pd.DataFrame:
        return read_names(self._work, access=self._access)

    def _heirs(self, row: NamedRow) -> list[tuple[int, str]]:
        """Return who took over the enterprises that bear the name, as the register tells, and what it is called."""
        bearers = {one.enterprise_id for one in row.found.bearers}
        codes = read_lives(self._work, access=self._access, enterprises=bearers)["successor"].dropna()
        if codes.empty:
            return []
        numbers = read_numbers(self._work, Scheme.USCC, access=self._access)
        called = dict(zip(self._names["enterprise_id"], self._names["name"], strict=True))
        heirs = [numbers[code] for code in codes if code in numbers]
        return [(heir, str(called[heir])) for heir in heirs if heir in called]


def _drafts(frame: pd.DataFrame, file_rows: Collection[int]) -> dict[int, str]:
    """Write rows as JSON, each cell as it was read; a row of the file is one record where it came by name."""
    rows = frame[frame["file_row"].isin(file_rows)]
    days = [str(name) for name in rows if pd.api.types.is_datetime64_any_dtype(rows[name])]
    told = rows.assign(**{name: rows[name].dt.strftime("%Y-%m-%d") for name in days})
    return {
        int(row["file_row"]): json.dumps(
            {str(name): cell for name, cell in row.items() if not pd.isna(cell)}, ensure_ascii=False
        )
        for row in told.to_dict("records")
    }


def frame_of_drafts(file_rows: Sequence[int], drafts: Sequence[str]) -> pd.DataFrame:
    """Make the typed frame of rows kept by `note_names` again.

    Shapes: as `load_frame` takes it; days are datetime64[s], columns blank in every row are left out.
    """
    rows: list[dict[str, Any]] = [json.loads(draft) for draft in drafts]
    frame = pd.DataFrame(rows).assign(file_row=np.array(file_rows, dtype="int64"))
    for name in ("identifier", "name"):
        frame[name] = pd.Series([row.get(name) for row in rows], dtype="str")
    frame["known_on"] = pd.Series([row.get("known_on") for row in rows], dtype=object).astype("datetime64[s]")
    return frame
