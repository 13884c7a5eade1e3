"""How does a card's model do beside simpler scores, on the rows that it would be trained on?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from data.spec.access import Access
from data.spec.progress import Progress
from data.store.work import Work
from features.cards import READS, facts_of, points, tech_sme_card
from features.catalogue import FEATURES
from models.comparison import LABELS as CANDIDATES
from models.comparison import Comparison, compare
from models.labels import Outcome
from models.retraining import LABELS, Order, build_training_set, choose, values_of
from models.splits import WINDOWS
from models.table import table_of
from models.woe import WoeScorecard, fit_woe

OFFICIAL = "official 100 points"
NAMES: Mapping[str, str] = {**CANDIDATES, OFFICIAL: "官方百分制"}
"""What a reader calls whatever is compared."""


@dataclass(frozen=True, kw_only=True)
class CardComparison:
    """Say what the comparison of one card came to, and on which columns all candidates but the official score rest."""

    label: str
    comparison: Comparison
    features: tuple[str, ...]


def compare_card(work: Work, order: Order, *, access: Access, progress: Progress) -> CardComparison:
    """Compare the card's boosted model with a WOE scorecard, a logistic regression, its best feature and the points.

    The rows are those that a training on the same day would learn from. Its columns are chosen as a training would,
    but on the rows before the first one judged, so that no candidate has seen its own answer. The official 100-point
    score is estimated from the lists as of each row's own day. A book too small to train on is compared all the same:
    the simpler candidate is recommended.

    Raises AnalysisMissing, OneClassOnly, TooFewDefaults.
    """
    training = build_training_set(work, card=order.card, as_of=order.as_of, access=access, progress=progress)
    chosen = choose(training, seed=order.seed, progress=progress, later_share=1 - WINDOWS[0])
    found = compare(
        chosen.matrix,
        chosen.defaulted,
        yardsticks(work, chosen.rows, access=access, progress=progress),
        groups=chosen.rows["enterprise_id"],
        dates=chosen.rows["as_of"],
        directions=chosen.directions,
        embargo_days=chosen.embargo_days,
        tune=order.search,
        seed=order.seed,
        progress=progress,
    )
    return CardComparison(label=LABELS[order.card], comparison=found, features=tuple(chosen.matrix.columns))


def baseline_of(
    work: Work, order: Order, columns: Sequence[str], *, access: Access, progress: Progress
) -> WoeScorecard:
    """Fit the scorecard to be held beside a model: on its columns, and on the rows a training would learn from.

    Raises NothingToLearn, AnalysisMissing.
    """
    training = build_training_set(work, card=order.card, as_of=order.as_of, access=access, progress=progress)
    chosen = training.learnable
    rows, directions = training.rows[chosen], {one.name: int(one.direction) for one in training.features}
    table = table_of(
        training.matrix.loc[chosen, list(columns)],
        rows["outcome"].eq(Outcome.DEFAULT).astype(float),
        groups=rows["enterprise_id"],
        dates=rows["as_of"],
        directions={name: directions[name] for name in columns},
    )
    progress.stage("拟合对照评分卡")
    return fit_woe(table)


def yardsticks(
    work: Work, rows: pd.DataFrame, *, access: Access, progress: Progress
) -> Mapping[str, "pd.Series[float]"]:
    """Return the scores from outside that every comparison on a store's rows has beside it, by name.

    Shapes: rows as in TrainingSet; each score one number a row.
    """
    progress.stage("估算官方百分制")
    return {OFFICIAL: official_points(work, rows, access=access)}


def official_points(work: Work, rows: pd.DataFrame, *, access: Access) -> "pd.Series[float]":
    """Return the official 100-point score of each row as of its day; an item that is not known gives nothing.

    Before the card's first day its first bands are used: a yardstick, no evaluation.
    """
    values = values_of(work, [FEATURES[name] for name in READS], rows, access=access)
    first = min(tech_sme_card().threshold.values)
    days = [max(day.date(), first) for day in rows["as_of"]]
    facts = [facts_of({name: float(values[name].iloc[row]) for name in READS}) for row in range(len(values))]
    scored = [float(points(one, on=day).total) for one, day in zip(facts, days, strict=True)]
    return pd.Series(scored, index=rows.index, name=OFFICIAL)
