"""How does a terminal show how far long work is?"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from api.desks import Chapters

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Numbering:
    """Number chapters as “2/5 入库”."""

    def __init__(self, chapters: int) -> None:
        self._chapters, self._number = chapters, 0

    def next(self, title: str) -> str:
        """Return the next heading."""
        self._number += 1
        return f"{self._number}/{self._chapters} {title}" if self._chapters else title


class Lines:
    """Write one plain line per stage to stderr, with the time it took: what a log, a pipe or a test reads."""

    def __init__(self, chapters: int = 0) -> None:
        self._numbering = Numbering(chapters)
        self._began: float | None = None

    def chapter(self, title: str) -> None:
        """Write the heading."""
        self.finish()
        self._write(f"== {self._numbering.next(title)}\n")

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a line with the stage's name and size; it ends with the time taken."""
        self.finish()
        self._write(f"-- {name}" + (f"（{total:,}）" if total else ""))
        self._began = time.monotonic()

    def advance(self, steps: int = 1) -> None:
        """Ignore: a line per step would bury the stages."""

    def note(self, message: str) -> None:
        """Write the message."""
        self.finish()
        self._write(f"   {message}\n")

    def finish(self) -> None:
        """End the current stage's line."""
        if self._began is not None:
            self._write(f" {time.monotonic() - self._began:.1f} 秒\n")
            self._began = None

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()


class Bars:
    """Draw a bar per stage on stderr, with time taken; finished stages stay to be read."""

    def __init__(self, chapters: int = 0) -> None:
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False)
        self._bars = self._new_bars()
        self._current: TaskID | None = None
        self._numbering = Numbering(chapters)

    def _new_bars(self) -> "RichProgress":
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        return RichProgress(
            TextColumn("  {task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
        )

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()
        self._bars.stop()

    def chapter(self, title: str) -> None:
        """Leave the bars so far where they are, and print the heading of those to come."""
        self._finish()
        self._bars.stop()
        self._console.print(f"[bold blue]{self._numbering.next(title)}[/]")
        self._bars = self._new_bars()
        self._bars.start()

    def stage(self, name: str, total: int | None = None) -> None:
        """Finish the bar so far and begin the next."""
        self._finish()
        self._current = self._bars.add_task(name, total=total)

    def advance(self, steps: int = 1) -> None:
        """Move the current bar."""
        if self._current is not None:
            self._bars.advance(self._current, steps)

    def note(self, message: str) -> None:
        """Print one line above the bars."""
        self._console.print(f"  [dim]{message}[/]")

    def _finish(self) -> None:
        """Fill the current bar: a stage of unknown size ends with what it counted."""
        if self._current is None:
            return
        task = next(task for task in self._bars.tasks if task.id == self._current)
        done = task.completed or 1
        total = task.total if task.total is not None else done
        self._bars.update(task.id, total=total, completed=max(done, total))
        self._bars.stop_task(task.id)
        self._current = None


@contextmanager
def shown(chapters: int = 0) -> Iterator[Chapters]:
    """Show progress as bars on a terminal, as lines elsewhere; always on stderr."""
    if sys.stderr.isatty():
        with Bars(chapters) as bars:
            yield bars
    else:
        lines = Lines(chapters)
        try:
            yield lines
        finally:
            lines.finish()
