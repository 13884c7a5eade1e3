"""Is a list that always tells the whole suddenly so short that its file is probably cut off?"""

from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from data.spec.dated import ParameterSet
from data.spec.errors import Refusal
from data.store import Work
from data.store.batches import Batch
from data.store.reversals import last_batch, read_reversals, void_batches

_RULES = Path(__file__).with_name("whole_lists.yaml")


class ListShrunk(Refusal):
    """A whole list has so many rows fewer than the one before that it is probably cut off."""

    code = "list-shrunk"


@cache
def rules() -> ParameterSet:
    """Read what counts as shrunk."""
    return ParameterSet.parse(_RULES.read_text(encoding="utf-8"))


class Length(StrEnum):
    """Say what a file's length tells of it."""

    REFUSED = "refused"
    """The list always tells the whole: half of the last file is a file cut off."""
    NOTED = "noted"
    """The list may come in parts: half of the last file is said, and taken."""
    NOTHING = "nothing"
    """The file has rows that were put right, or was forced."""


def check_not_shrunk(
    work: Work, list_name: str, label: str, *, rows: int, length: Length, today: date
) -> tuple[str, ...]:
    """Compare rows of data with those of the last batch of the list that counts; return what is to be noted.

    Raises ListShrunk.
    """
    before = None if length is Length.NOTHING else _longer(work, list_name, rows, today)
    if before is None:
        return ()
    last = before.rows_read - before.skipped
    if length is Length.NOTED:
        return (f"本次 {rows} 行，上一份（批次 {before.id}）{last} 行；若应是全量，请核对文件是否完整",)
    share = rules().numbers(today)["least_share"]
    raise ListShrunk(
        f"“{label}”本次只有 {rows} 行，上一份（批次 {before.id}，“{before.file_name}”）有 {last} 行，"
        f"不超过其 {share:.0%}，文件可能不完整。",
        help="请核对文件；确实减少了这么多时，加 --force 导入。",
    )


def _longer(work: Work, list_name: str, rows: int, today: date) -> Batch | None:
    """Return the last batch beside which so many rows are few, None where they are not."""
    limits = rules().numbers(today)
    void = void_batches(read_reversals(work))
    before = last_batch(work, list_name, least_rows=int(limits["least_rows"]), leave_out=void)
    if before is None or rows > limits["least_share"] * (before.rows_read - before.skipped):
        return None
    return before
