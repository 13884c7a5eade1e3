"""Which refusals exist, and what does each say to the person who meets it?

Findings are data, refusals are exceptions, faults are bugs. A request that may not proceed raises a
subclass of Refusal; subclasses live in the module that raises them.
"""

from typing import ClassVar


class Refusal(Exception):
    """Say in Chinese why a request may not proceed, and what would help.

    `code` is stable and kebab-case; `status` is the HTTP status a door answers with. The command line
    exits with 2 for every refusal.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422

    def __init__(self, message: str, *, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help

    def __str__(self) -> str:
        return f"{self.message}{self.help}" if self.help else self.message


class EnterpriseUnknown(Refusal):
    """No enterprise is known by this identifier."""

    code = "enterprise-unknown"
    status = 404


class IdentifierMalformed(Refusal):
    """The identifier cannot be one: wrong length, alphabet or check digit."""

    code = "identifier-malformed"


class DayInFuture(Refusal):
    """The day asked for has not come yet by the store's own calendar."""

    code = "day-in-future"


class InstitutionUnknown(Refusal):
    """No institution has this code."""

    code = "institution-unknown"
    status = 404
