"""Which files are refused for their rows, and how is a row set aside written down?"""

from collections.abc import Callable, Mapping

from data.intake.drafting import RowFault
from data.spec.errors import Refusal
from data.store.batches import QuarantinedRow


class RowsRefused(Refusal):
    """A file is refused for its rows; `faults` holds every fault of every row."""

    code = "rows-refused"

    def __init__(self, message: str, *, help: str, faults: tuple[RowFault, ...]) -> None:
        super().__init__(message, help=help)
        self.faults = faults


class NothingKept(RowsRefused):
    """Not one row of the file can be kept, or is known already."""

    code = "nothing-kept"


class StrictRowFaults(RowsRefused):
    """Rows have faults, and the load was asked to be strict."""

    code = "strict-row-faults"


def quarantined(fault: RowFault, headers: Mapping[str, str], raw: Callable[[int], str]) -> QuarantinedRow:
    """Write a fault down for the quarantine; `headers` says what the file calls a column, `raw` what a row says."""
    return QuarantinedRow(
        file_row=fault.file_row,
        code=fault.code,
        message=fault.message,
        raw=raw(fault.file_row),
        columns=tuple(headers[name] for name in fault.columns if name in headers),
        suggestion=fault.suggestion,
    )
