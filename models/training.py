"""How does one seeded, calibrated fit come about?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from models.boosting import Recipe, grow, grow_members, raw_log_odds, read, recipe_for
from models.calibration import Calibrator, calibrator_of
from models.calibration_draws import drawn_labels, togetherness
from models.columns import Matrix
from models.findings import Finding
from models.fitted import Head, Model, OutOfTime, Report
from models.folds import cluster_weights, folds_of
from models.leakage import find_leaks
from models.measures import Metrics, log_loss
from models.support import support_of
from models.table import LEAST_CLUSTERS, PerRow, Table, table_of
from models.uncertainty import measure

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

CALIBRATION_FOLDS = 5
# Below this many defaulted firms a choice of rounds would follow noise.
FEWEST_FOR_CHOICE = 60


@dataclass(frozen=True)
class FitSettings:
    """Choose what a fit does beside its trees.

    `refits` are the bootstrap refits of the interval (0 in cross-validation); `embargo_days` is the length of the
    label window that must end before the first test day; `later_share` is the share of rows tested out of time;
    `widening` multiplies the half-width of the interval, for whoever has measured its coverage. `recipe` takes the
    place of the one that suits the number of defaults, where a search has proved it better.
    """

    refits: int = 20
    widening: float = 1.0
    embargo_days: int = 0
    later_share: float = 0.25
    recipe: Recipe | None = None


def fit(
    X: pd.DataFrame,
    y: PerRow,
    *,
    groups: PerRow | None = None,
    dates: PerRow | None = None,
    directions: Mapping[str, int] | None = None,
    seed: int = 0,
) -> Model:
    """Look for leaks, fit shallow monotone trees, calibrate them out of fold, and measure both.

    What looks like a leak stands in `Model.findings`, with what to do; nothing is left out unasked. `groups` are never
    split between folds. `dates` give an out-of-time report, after which all rows are fitted. `directions` maps a column
    to -1, 0 or 1; 1 means that the probability never falls as the column rises.

    Shapes: X holds numbers, booleans, categories and gaps, one row a case; y is 0 or 1; y, groups and dates belong to
        X row by row.
    Raises the refusals of models.refusals that speak of tables, labels, lengths and directions.
    Source: decisions.md 1, method.md 2, 3 and 5.
    """
    table = table_of(X, y, groups=groups, dates=dates, directions=directions)
    return train(searched(table, X, y, groups=groups, dates=dates, seed=seed), FitSettings(), seed=seed)


def searched(
    table: Table, X: pd.DataFrame, y: PerRow, *, groups: PerRow | None, dates: PerRow | None, seed: int
) -> Table:
    """Return the table made of these rows with a finding more for each way in which it seems to know the outcome.

    Raises what `find_leaks` raises. Source: method.md 3.
    """
    # Only rows without a firm may be one firm's unnoticed: where firms are told, a fold never splits them.
    folds = _folds(table, seed) if groups is None else None
    leaks = find_leaks(X, y, groups=groups, dates=dates, folds=folds, seed=seed)
    return replace(table, findings=(*table.findings, *leaks))


def train(table: Table, settings: FitSettings, *, seed: int) -> Model:
    """Fit a checked table as the settings say; the same table, settings and seed give the same texts."""
    return train_and_hold_out(table, settings, seed=seed)[0]


def train_and_hold_out(table: Table, settings: FitSettings, *, seed: int) -> tuple[Model, Numbers]:
    """Fit as `train` does, and return also each row's calibrated probability from trees that had not seen its firm."""
    recipe, calibrator, held_out = _calibrated_recipe(table, settings, seed)
    members = _members(table, recipe, seed)
    later, noticed = _out_of_time(table, settings, seed)
    figures = measure(table.label, expit(held_out), table.clusters, seed=seed)
    findings = table.findings + _calibration_findings(calibrator) + noticed
    support = support_of(table.matrix, table.layout, members)
    head = Head(
        table.layout, calibrator, (), settings.widening, Report(figures, later), findings, seed, support=support
    )
    bare = Model(head, members, ())
    refits, calibrators = _refits(table, bare, recipe, settings.refits, seed)
    model = replace(bare, head=replace(head, refit_calibrators=calibrators), refits=refits)
    return model, np.asarray(expit(held_out), dtype=np.float64)


def _members(table: Table, recipe: Recipe, seed: int) -> tuple[str, ...]:
    return grow_members(table.matrix, table.label, table.layout, recipe, seed=seed, masking=table.masking)


def _calibrated_recipe(table: Table, settings: FitSettings, seed: int) -> tuple[Recipe, Calibrator, Numbers]:
    """Choose the rounds coarsely, fit the line, and return the calibrated log-odds of rows held out."""
    recipe = settings.recipe or recipe_for(table.rarer_clusters)
    choices = [recipe.rounds]
    if table.rarer_clusters >= FEWEST_FOR_CHOICE:
        choices = [recipe.rounds // 4, recipe.rounds // 2, recipe.rounds]
    raw = _held_out(table, recipe, choices, seed)
    tried = []
    for rounds, answers in zip(choices, raw, strict=True):
        calibrator = calibrator_of(answers, table.label)
        held_out = calibrator.apply(answers)
        tried.append((log_loss(table.label, expit(held_out)), rounds, calibrator, held_out))
    _, rounds, calibrator, held_out = min(tried, key=lambda one: one[0])
    return replace(recipe, rounds=rounds), calibrator, held_out


def _folds(table: Table, seed: int) -> Codes:
    return folds_of(table.clusters, table.label, min(CALIBRATION_FOLDS, table.rarer_clusters), seed)


def _held_out(table: Table, recipe: Recipe, choices: list[int], seed: int) -> list[Numbers]:
    """Return, for each number of rounds, the raw log-odds of every row from members that had not seen its cluster."""
    fold = _folds(table, seed)
    count = int(fold.max()) + 1
    answers = [np.zeros(len(table.label)) for _ in choices]
    for number in range(count):
        inside, outside = fold != number, fold == number
        boosters = [read(text) for text in _members(table.rows(inside), recipe, seed)]
        for answer, rounds in zip(answers, choices, strict=True):
            raw = [raw_log_odds(booster, table.matrix[outside], rounds) for booster in boosters]
            answer[outside] = np.mean(raw, axis=0)
    return answers


def _refits(
    table: Table, model: Model, recipe: Recipe, count: int, seed: int
) -> tuple[tuple[str, ...], tuple[Calibrator, ...]]:
    """Fit and calibrate again on resampled clusters whose labels are drawn from the model itself.

    With the model as the truth, a refit's distance from it shows both how far such a fit scatters and how far it
    shrinks towards the mean; a bootstrap of the observed labels shows the scatter alone and covers half. Rows of a firm
    share their fortune as far as they did in the table.
    """
    draw = np.random.default_rng([seed, 17])
    supposed = expit(model.head.calibrator.apply(model.mean_raw(table.matrix)))
    together = togetherness(table.clusters, table.label, supposed)
    texts, calibrators = [], []
    for number in range(count):
        times = cluster_weights(table.clusters, table.label, draw)
        label = drawn_labels(table.clusters, supposed, together, draw)
        label = label if len(np.unique(label[times > 0])) == 2 else table.label
        drawn = np.repeat(np.arange(len(times)), times)
        own = seed * 1000 + 501 + number
        halved, masking = recipe.halved(), table.masking
        text = grow(table.matrix[drawn], label[drawn], table.layout, halved, seed=own, masking=masking)
        texts.append(text)
        left = times == 0
        calibrators.append(_refit_calibrator(text, table.matrix[left], label[left], model.head.calibrator))
    return tuple(texts), tuple(calibrators)


def _refit_calibrator(text: str, matrix: Matrix, label: Numbers, usual: Calibrator) -> Calibrator:
    if len(np.unique(label)) < 2:
        return usual
    return calibrator_of(raw_log_odds(read(text), matrix), label, centre=usual.slope)


def _calibration_findings(calibrator: Calibrator) -> tuple[Finding, ...]:
    if calibrator.slope >= 0.5:
        return ()
    message = f"校准斜率只有 {calibrator.slope:.2f}：样本外的区分度远低于样本内，分数已相应收窄。"
    return (Finding("calibration-flat", "warning", message),)


def _out_of_time(table: Table, settings: FitSettings, seed: int) -> tuple[OutOfTime | None, tuple[Finding, ...]]:
    """Fit the earlier rows alone and measure the later ones."""
    if table.days is None:
        return None, ()
    first = np.sort(table.days)[int(len(table.days) * (1 - settings.later_share))]
    later = table.days >= first
    earlier = table.days + np.timedelta64(settings.embargo_days, "D") < first
    if not (_testable(table, later) and _learnable(table, earlier)):
        message = "按日期切分后一侧的违约或未违约企业太少，没有时间外检验。"
        return None, (Finding("out-of-time-impossible", "warning", message),)
    past = table.rows(earlier)
    recipe, calibrator, _ = _calibrated_recipe(past, settings, seed)
    boosters = [read(text) for text in _members(past, recipe, seed)]
    raw = np.mean([raw_log_odds(booster, table.matrix[later]) for booster in boosters], axis=0)
    probability = expit(calibrator.apply(raw))
    future = table.rows(later)
    known = np.isin(table.clusters[later], table.clusters[earlier])
    return OutOfTime(
        first_test_on=str(first),
        last_train_on=str(table.days[earlier].max()),
        embargo_days=settings.embargo_days,
        train_rows=int(earlier.sum()),
        train_defaults=int(past.label.sum()),
        metrics=measure(future.label, probability, future.clusters, seed=seed),
        new_firms=_part(future, probability, ~known, seed),
        known_firms=_part(future, probability, known, seed),
    ), ()


def _part(future: Table, probability: Numbers, chosen: Mask, seed: int) -> Metrics | None:
    if chosen.all() or not _testable(future, chosen):
        return None
    return measure(future.label[chosen], probability[chosen], future.rows(chosen).clusters, seed=seed)


def _testable(table: Table, chosen: Mask) -> bool:
    return len(np.unique(table.label[chosen])) == 2


def _learnable(table: Table, chosen: Mask) -> bool:
    return _testable(table, chosen) and table.rows(chosen).rarer_clusters >= LEAST_CLUSTERS
