"""How is a table of evidence handed over column by column, where a frame would cost more than the answer?"""

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd


class Columns(Protocol):
    """Hold the rows of one table as arrays by column."""

    def __len__(self) -> int:
        """Return the number of rows."""

    def column(self, name: str) -> "np.ndarray[Any, np.dtype[Any]]":
        """Return one column, with the dtype and the values that the table's frame has."""


@runtime_checkable
class ByColumn(Protocol):
    """Be events that can hand over their tables column by column."""

    def columns(self, name: str) -> Columns:
        """Return the rows of one table; raise KeyError where it may not be read."""


def names_with_rows(events: "Mapping[str, pd.DataFrame]") -> tuple[str, ...]:
    """Name the tables of which anything is known, without making a frame for it."""
    if isinstance(events, ByColumn):
        return tuple(name for name in events if len(events.columns(name)))
    return tuple(name for name, frame in events.items() if len(frame))


def columns_of(events: "Mapping[str, pd.DataFrame]", name: str) -> Columns:
    """Return the rows of one table by column, whatever holds them; raise KeyError where it may not be read."""
    return events.columns(name) if isinstance(events, ByColumn) else _OfFrame(events[name])


class _OfFrame:
    """Hand over a frame's columns."""

    def __init__(self, frame: "pd.DataFrame") -> None:
        self._frame = frame

    def __len__(self) -> int:
        return len(self._frame)

    def column(self, name: str) -> "np.ndarray[Any, np.dtype[Any]]":
        """Return one column."""
        return self._frame[name].to_numpy()
