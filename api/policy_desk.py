"""What may a door ask of policy products, and in which words?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from risk.policies.cases import CaseResult, MissingCase
from risk.policies.product import Product
from risk.policies.trial import Trial


@dataclass(frozen=True, kw_only=True)
class ProductCases:
    """Tell how the worked cases of one product ended, and which changes of its numbers lack one."""

    product: str
    label: str
    results: tuple[CaseResult, ...]
    missing: tuple[MissingCase, ...]

    @property
    def failures(self) -> tuple[CaseResult, ...]:
        """Return the cases that came out otherwise than they say."""
        return tuple(result for result in self.results if not result.passed)


class PolicyDesk(Protocol):
    """Know the policy products; nothing is stored."""

    def run_cases(self) -> tuple[ProductCases, ...]:
        """Run the worked cases of every product."""

    def list_products(self) -> tuple[Product, ...]:
        """Return every product."""

    def attempt(
        self, product: str, facts: Mapping[str, object], *, on: date, stage: str | None, reforms: Mapping[str, str]
    ) -> Trial:
        """Try a product on facts told in text, with numbers of a proposal in place of the file's; raise a Refusal."""
