"""What does every request that creates something remember?"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class RememberedAnswer:
    """Keep what was answered under an idempotency key."""

    fingerprint: str
    status: int
    body: str


class Remembering(Protocol):
    """Do the work of one request in one transaction; nothing is kept without commit."""

    def find_answer(self, *, tenant: str, route: str, key: str) -> RememberedAnswer | None:
        """Find what was answered under this key before."""

    def remember_answer(self, *, tenant: str, route: str, key: str, answer: RememberedAnswer) -> None:
        """Keep the answer beside what it answers."""

    def commit(self) -> None:
        """Keep everything done so far."""
