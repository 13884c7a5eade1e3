"""What can go wrong between a bank and the service?"""

from collections.abc import Mapping
from typing import Any


class ExchangeError(Exception):
    """Carry a problem of the service (RFC 9457): its stable code, status, Chinese detail and interaction id."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code") or problem.get("error") or "unknown")
        self.detail = str(problem.get("detail") or problem.get("error_description") or "")
        self.interaction_id = str(problem.get("interaction_id", ""))
        super().__init__(f"{self.code}（{self.status}）：{self.detail}")


class Unreachable(Exception):  # A state of the line, not an answer.
    """The service did not answer, however often it was asked; the same idempotency key may be sent again."""
