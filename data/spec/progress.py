"""How does long work say how far it is?"""

from collections.abc import Iterable, Iterator, Sized
from typing import Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """Hear of stages and of how much of each is done; terminals, worker pages and tests implement it."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage with a Chinese name; total is the number of steps where it is known."""

    def advance(self, steps: int = 1) -> None:
        """Say that steps more of the current stage are done."""

    def note(self, message: str) -> None:
        """Say one line worth reading."""


class Silent:
    """Hear everything and show nothing."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Ignore."""

    def advance(self, steps: int = 1) -> None:
        """Ignore."""

    def note(self, message: str) -> None:
        """Ignore."""


def tracked(items: Iterable[T], progress: Progress, name: str) -> Iterator[T]:
    """Pass items through, telling progress of each."""
    progress.stage(name, len(items) if isinstance(items, Sized) else None)
    for item in items:
        yield item
        progress.advance()
