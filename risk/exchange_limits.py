"""How much may a client ask of the exchange on a day, and how long are batches kept?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from data.spec.dated import ParameterSet
from risk.quotas import Limit, Quota

DAY_SECONDS = 86_400


@cache
def _limits() -> ParameterSet:
    return ParameterSet.parse(Path(__file__).with_name("exchange_limits.yaml").read_text(encoding="utf-8"))


@cache
def read_limits(day: date) -> Mapping[Quota, Limit]:
    """Return every quota's limit in force on day; raise NotInForce before the first (exchange_limits.yaml)."""
    numbers = _limits().numbers(day)
    return {
        quota: Limit(requests=int(numbers[f"{quota}_requests"]), seconds=int(numbers[f"{quota}_seconds"]))
        for quota in Quota
    }


@dataclass(frozen=True, kw_only=True)
class BatchTerms:
    """Say for how many days a batch may be read, and how often one of its items is tried."""

    kept_days: int
    tries: int


@cache
def read_batch_terms(day: date) -> BatchTerms:
    """Return the terms of batches in force on day; raise NotInForce before the first (exchange_limits.yaml)."""
    numbers = _limits().numbers(day)
    return BatchTerms(kept_days=int(numbers["batch_kept_days"]), tries=int(numbers["batch_tries"]))


@dataclass(frozen=True, kw_only=True)
class BackTestTerms:
    """Say how many pairs an institution may ask for, for how many days they may be read, how often one is tried."""

    limit: Limit
    kept_days: int
    tries: int


@cache
def read_back_test_terms(day: date) -> BackTestTerms:
    """Return the terms of back-tests in force on day; raise NotInForce before the first (exchange_limits.yaml)."""
    numbers, terms = _limits().numbers(day), read_batch_terms(day)
    limit = Limit(requests=int(numbers["back_test_pairs"]), seconds=int(numbers["back_test_days"]) * DAY_SECONDS)
    return BackTestTerms(limit=limit, kept_days=terms.kept_days, tries=terms.tries)
