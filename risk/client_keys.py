"""For how long may keys be used that a client publishes at its own address, and how often are they asked for?"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from data.spec.dated import ParameterSet
from data.spec.errors import Refusal


class KeysUnavailable(Refusal):
    """The address where a client publishes its keys gives none that may be used."""

    code = "keys-unavailable"
    status = 503


@dataclass(frozen=True, kw_only=True)
class KeyTerms:
    """Say for how long fetched keys are believed, when they may be fetched again, and what one fetch may take.

    `fetch_seconds` is for the whole of it, `most_bytes` for the answer's content.
    """

    believed: timedelta
    again: timedelta
    fetch_seconds: int
    most_bytes: int


@cache
def _terms() -> ParameterSet:
    return ParameterSet.parse(Path(__file__).with_name("client_key_terms.yaml").read_text(encoding="utf-8"))


@cache
def read_key_terms(day: date) -> KeyTerms:
    """Return the terms in force on day; raise NotInForce before the first (client_key_terms.yaml)."""
    numbers = {name: int(value) for name, value in _terms().numbers(day).items()}
    return KeyTerms(
        believed=timedelta(seconds=numbers["believed_seconds"]),
        again=timedelta(seconds=numbers["again_seconds"]),
        fetch_seconds=numbers["fetch_seconds"],
        most_bytes=numbers["most_bytes"],
    )
