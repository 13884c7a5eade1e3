"""What may the doors ask about what scores are made of, and in which words?"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class CatalogueFeature:
    """Declare one feature to a reader; on no card, it is a part of others."""

    name: str
    label: str
    unit: str
    group: str
    group_label: str
    direction: int
    reason: str
    absence: str
    how: str
    inputs: tuple[str, ...]
    lists: tuple[str, ...]
    cards: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class CatalogueModel:
    """Declare the model that now answers for a card."""

    id: str
    card: str
    label: str
    horizon_months: int | None
    trained_on: date | None
    demonstration: bool
    features: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """List what scores are made of."""

    features: tuple[CatalogueFeature, ...]
    models: tuple[CatalogueModel, ...]


class CatalogueDesk(Protocol):
    """Tell what scores are made of."""

    def read(self) -> Catalogue:
        """Return features and models from their declarations."""
