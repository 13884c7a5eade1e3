"""Which features are there, and which serve which card?"""

from collections.abc import Mapping
from types import MappingProxyType

from features.conduct import Conduct
from features.contracts import Contracts
from features.guarantees import Guarantees
from features.invoices import Invoices
from features.lending import Lending
from features.operations import Operations
from features.patents import Patents
from features.platforms import Platforms
from features.profile import Profile
from features.projects import Projects
from features.qualifications import Qualifications
from features.rnd import Rnd
from features.spec import Card, Feature, FeatureGroup
from features.talent import Talent
from features.trade import Trade

GROUPS: tuple[type[FeatureGroup], ...] = (
    Profile,
    Qualifications,
    Rnd,
    Operations,
    Invoices,
    Trade,
    Patents,
    Projects,
    Platforms,
    Contracts,
    Talent,
    Conduct,
    Guarantees,
    Lending,
)
"""Every group, in the order of the catalogue; a new group is one file and one line here."""


def _all_features() -> dict[str, Feature]:
    features: dict[str, Feature] = {}
    for feature in (feature for group in GROUPS for feature in group.features):
        if features.setdefault(feature.name, feature) is not feature:
            raise ValueError(f"two features are called {feature.name}")
    return features


FEATURES: Mapping[str, Feature] = MappingProxyType(_all_features())
"""Every feature by name, in a fixed order; those on no card are building blocks of others."""


def features_of(card: str) -> tuple[Feature, ...]:
    """Return the features that serve a card, in the catalogue's order.

    Raises ValueError for a card that does not exist.
    """
    wanted = Card(card)
    return tuple(feature for feature in FEATURES.values() if wanted in feature.cards)
