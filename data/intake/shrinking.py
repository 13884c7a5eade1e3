"""Is a list that always tells the whole suddenly so short that its file is probably cut off?"""

from datetime import date
from functools import cache
from pathlib import Path

from data.spec.dated import ParameterSet
from data.spec.errors import Refusal
from data.store import Work
from data.store.reversals import last_batch, read_reversals, void_batches

_RULES = Path(__file__).with_name("whole_lists.yaml")


class ListShrunk(Refusal):
    """A whole list has so many rows fewer than the one before that it is probably cut off."""

    code = "list-shrunk"


@cache
def rules() -> ParameterSet:
    """Read what counts as shrunk."""
    return ParameterSet.parse(_RULES.read_text(encoding="utf-8"))


def check_not_shrunk(work: Work, list_name: str, label: str, *, rows: int, today: date) -> None:
    """Compare a whole list's rows of data with those of the last batch of the list that counts; raise ListShrunk."""
    limits = rules().numbers(today)
    least_rows = int(limits["least_rows"])
    before = last_batch(work, list_name, least_rows=least_rows, leave_out=void_batches(read_reversals(work)))
    if before is None or rows > limits["least_share"] * (before.rows_read - before.skipped):
        return
    raise ListShrunk(
        f"“{label}”本次只有 {rows} 行，上一份（批次 {before.id}，“{before.file_name}”）有 "
        f"{before.rows_read - before.skipped} 行，不超过其 {limits['least_share']:.0%}，文件可能不完整。",
        help="请核对文件；确实减少了这么多时，加 --force 导入。",
    )
