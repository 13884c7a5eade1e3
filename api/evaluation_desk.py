"""What may a door ask of a trial on real sources?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from data.spec.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Say what a run on a real source came to: figures by name, and sentences for a reader."""

    source: str
    figures: Mapping[str, object]
    sentences: tuple[str, ...] = ()


class EvaluationDesk(Protocol):
    """Try the method on real sources."""

    def evaluate(self, source: str, folder: Path | None, *, at: datetime, progress: Progress) -> Evaluation:
        """Evaluate on a source in a temporary store of its own."""
