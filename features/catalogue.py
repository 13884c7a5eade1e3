"""Which features are there, and which serve which card?"""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from features.conduct import Conduct
from features.conduct_repair import ConductRepair
from features.contracts import Contracts
from features.growth import Growth
from features.guarantees import Guarantees
from features.invoices import Invoices
from features.ladder import Ladder
from features.lending import Lending
from features.operations import Operations
from features.patent_stock import PatentStock
from features.patents import Patents
from features.peers import Peers
from features.platforms import Platforms
from features.profile import Profile
from features.projects import Projects
from features.qualifications import Qualifications
from features.rnd import Rnd
from features.scores import Scores
from features.spec import Card, Direction, Feature, FeatureGroup
from features.talent import Talent
from features.trade import Trade

GROUPS: tuple[type[FeatureGroup], ...] = (
    Profile,
    Qualifications,
    Ladder,
    Rnd,
    Operations,
    Growth,
    Peers,
    Invoices,
    Trade,
    Patents,
    PatentStock,
    Projects,
    Platforms,
    Contracts,
    Talent,
    Scores,
    Conduct,
    ConductRepair,
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


HEAD = """# 特征目录

本页由 `python -m features.catalogue > docs/catalogue.md` 生成，请勿手改；声明在 `features/` 各文件中。

方向：＋ 表示数值越大风险越高，－ 表示越大风险越低，空白表示不作断言。
卡：申请、行为、发票；空白者只作其他特征的组成部分。
来源未收录、企业未报送、不适用、未更新、未授权一律为未知，不当作零。
"""
CARD_LABELS: Mapping[Card, str] = MappingProxyType(
    {Card.APPLICATION: "申请", Card.BEHAVIOUR: "行为", Card.INVOICES: "发票"}
)
SIGNS: Mapping[Direction, str] = MappingProxyType(
    {Direction.RISK_RISES: "＋", Direction.UNKNOWN: "", Direction.RISK_FALLS: "－"}
)


def catalogue_page() -> str:
    """Return docs/catalogue.md: every feature with its labels, unit, direction, source and fingerprint."""
    sections = [HEAD, _summary(), *(_section(group) for group in GROUPS)]
    return "\n".join(sections)


def _summary() -> str:
    counts = "，".join(f"{label}卡 {len(features_of(card))} 项" for card, label in CARD_LABELS.items())
    return f"共 {len(FEATURES)} 项：{counts}。\n"


def _section(group: type[FeatureGroup]) -> str:
    titles = ("特征", "说明", "单位", "方向", "理由", "来源", "无记录", "卡", "指纹")
    head = f"## {group.__doc__}\n\n| {' | '.join(titles)} |\n|{'---|' * len(titles)}"
    return "\n".join([head, *(_line(feature) for feature in group.features), ""])


def _line(feature: Feature) -> str:
    cards = "、".join(CARD_LABELS[card] for card in feature.cards)
    cells = (
        f"`{feature.name}`",
        f"{feature.label}<br>{feature.label_en}",
        feature.unit,
        SIGNS[feature.direction],
        feature.reason,
        "、".join(feature.tables),
        feature.absence,
        cards,
        f"`{feature.fingerprint[:12]}`",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":  # pragma: no cover - the test compares the page itself
    sys.stdout.write(catalogue_page())
