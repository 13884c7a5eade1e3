"""Would other settings of the trees be better, by more than chance?"""

import io
import warnings
from contextlib import redirect_stderr
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from data.spec.progress import Progress, Silent
from models.boosting import Recipe, grow, raw_log_odds, read, recipe_for
from models.calibration import calibrator_of
from models.findings import Finding
from models.folds import folds_of
from models.measures import bootstrap_weights, log_loss
from models.refusals import AnalysisMissing
from models.table import Table
from models.training import FitSettings, train

if TYPE_CHECKING:
    from optuna import Study, Trial

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SEARCH_FOLDS = 3
JUDGED_IN = 3
"""One firm in three is kept from the search and judges what it found."""
LEAST_FOR_SEARCH = 30
"""Under so many defaulted firms a search would follow noise, and a third of them could judge nothing."""


@dataclass(frozen=True)
class Search:
    """Bound a search: number of trials, and seconds after which it is given up."""

    trials: int = 30
    seconds: float = 300.0


@dataclass(frozen=True)
class Tuned:
    """Say what a search came to: the recipe to use, or None to stay with the usual one, and why.

    `gain` is the log loss of the usual recipe minus that of the one found, on firms that the search had not seen, with
    its 95 % interval by bootstrap of whole groups.
    """

    recipe: Recipe | None
    finding: Finding
    trials: int
    gain: float = 0.0
    gain_low: float = 0.0
    gain_high: float = 0.0


def tuned_recipe(
    table: Table, search: Search, *, seed: int, embargo_days: int = 0, progress: Progress | None = None
) -> Tuned:
    """Search settings on two thirds of the firms, and adopt them only where the last third says so beyond chance.

    Where the table has days, only rows before the later quarter (less the embargo) are looked at, so that an
    out-of-time report has not seen its own answer. A search that its time cuts short adopts nothing: what was reached
    by then would depend on the machine, and two runs must give the same text.

    Raises AnalysisMissing where optuna is not installed.
    """
    optuna = _imported()
    past = _before_the_test(table, embargo_days)
    if past.rarer_clusters < LEAST_FOR_SEARCH:
        message = f"违约企业只有 {past.rarer_clusters} 家，不足 {LEAST_FOR_SEARCH} 家：不调参，沿用通用设置。"
        return Tuned(None, Finding("tuning-too-few-defaults", "info", message), 0)
    judged = folds_of(past.clusters, past.label, JUDGED_IN, seed + 101) == 0
    study = _searched(optuna, past.rows(~judged), search, seed, progress or Silent())
    if len(study.trials) < search.trials:
        message = f"调参超出 {search.seconds:g} 秒，只试了 {len(study.trials)} 组：不采用，沿用通用设置。"
        return Tuned(None, Finding("tuning-cut-short", "warning", message), len(study.trials))
    if study.best_trial.number == 0:
        message = f"调参 {search.trials} 组，没有一组好过通用设置：沿用通用设置。"
        return Tuned(None, Finding("tuning-not-better", "info", message), search.trials)
    return _adopted(past, judged, _recipe_of(study.best_params, past), search.trials, seed)


def _searched(optuna: ModuleType, part: Table, search: Search, seed: int, progress: Progress) -> "Study":
    progress.stage("调参", search.trials)
    study: Study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed), direction="minimize")
    study.enqueue_trial(_usual(part))

    def objective(trial: "Trial") -> float:
        return _loss(part, _recipe_of(_asked(trial), part), seed)

    # The callback is called once a trial, however it ended.
    study.optimize(objective, n_trials=search.trials, timeout=search.seconds, callbacks=[lambda *_: progress.advance()])
    return study


def _asked(trial: "Trial") -> dict[str, float | int | bool]:
    """Return one trial's settings; all stay shallow, so that tables of contributions exist for them."""
    return {
        "leaves": trial.suggest_int("leaves", 2, 8),
        "rounds": trial.suggest_int("rounds", 50, 600, step=50),
        "rate": trial.suggest_float("rate", 0.02, 0.1, log=True),
        "least_rows": trial.suggest_int("least_rows", 3, 60, log=True),
        "l2": trial.suggest_float("l2", 0.5, 30.0, log=True),
        "features": trial.suggest_float("features", 0.2, 0.8),
        "random_cuts": trial.suggest_categorical("random_cuts", [True, False]),
    }


def _usual(part: Table) -> dict[str, object]:
    """Return the usual recipe as the first trial: what is found is never worse on the search's own rows."""
    usual = asdict(recipe_for(part.rarer_clusters))
    return {name: usual[name] for name in ("leaves", "rounds", "rate", "least_rows", "l2", "features", "random_cuts")}


def _recipe_of(settings: dict[str, float | int | bool], part: Table) -> Recipe:
    usual = recipe_for(part.rarer_clusters)
    leaves = int(settings["leaves"])
    return Recipe(
        leaves=leaves,
        depth=min(5, max(2, leaves - 1)),
        rounds=int(settings["rounds"]),
        rate=float(settings["rate"]),
        least_rows=int(settings["least_rows"]),
        l2=float(settings["l2"]),
        features=float(settings["features"]),
        random_cuts=bool(settings["random_cuts"]),
        members=usual.members,
    )


def _loss(part: Table, recipe: Recipe, seed: int) -> float:
    """Return the calibrated log loss of one booster, held out by firm."""
    fold = folds_of(part.clusters, part.label, SEARCH_FOLDS, seed)
    raw = np.zeros(len(part.label))
    for number in range(SEARCH_FOLDS):
        inside, outside = fold != number, fold == number
        text = grow(part.matrix[inside], part.label[inside], part.layout, recipe, seed=seed)
        raw[outside] = raw_log_odds(read(text), part.matrix[outside])
    return log_loss(part.label, expit(calibrator_of(raw, part.label).apply(raw)))


def _adopted(past: Table, judged: Mask, recipe: Recipe, trials: int, seed: int) -> Tuned:
    """Fit both recipes on the rows of the search and let the firms kept from it judge."""
    learned, rest = past.rows(~judged), past.rows(judged)
    usual, found = (_losses(learned, rest, one, seed) for one in (None, recipe))
    gains = usual - found
    draws = bootstrap_weights(rest.clusters, rest.label, seed=seed)
    low, high = np.quantile([weight @ gains / weight.sum() for weight in draws], [0.025, 0.975])
    told = (
        f"调参 {trials} 组：对未参与调参的企业，对数损失减少 {gains.mean():+.4f}（95% 区间 {low:+.4f} 至 {high:+.4f}）"
    )
    if low > 0:
        finding = Finding("tuning-adopted", "info", f"{told}，超出抽样误差，采用调参所得设置。")
        return Tuned(recipe, finding, trials, float(gains.mean()), float(low), float(high))
    finding = Finding("tuning-not-better", "info", f"{told}，未超出抽样误差，沿用通用设置。")
    return Tuned(None, finding, trials, float(gains.mean()), float(low), float(high))


def _losses(learned: Table, rest: Table, recipe: Recipe | None, seed: int) -> Numbers:
    """Return each judged row's log loss."""
    odds = train(learned, FitSettings(refits=0, recipe=recipe), seed=seed).calibrated(rest.matrix)
    return np.asarray(np.logaddexp(0, odds) - rest.label * odds, dtype=np.float64)


def _before_the_test(table: Table, embargo_days: int) -> Table:
    """Return the rows that the out-of-time report trains on, without their days: all where there are no days."""
    if table.days is None:
        return table
    first = np.sort(table.days)[int(len(table.days) * (1 - FitSettings().later_share))]
    part = table.rows(table.days + np.timedelta64(embargo_days, "D") < first)
    return Table(part.layout, part.matrix, part.label, part.clusters, None, part.findings)


def _imported() -> ModuleType:
    try:
        with redirect_stderr(io.StringIO()), warnings.catch_warnings(action="ignore"):
            import optuna
    except ImportError as fault:
        raise AnalysisMissing(
            "没有安装 optuna，不能调参。", help='请安装分析组件：pip install "lukeping[analysis]"。'
        ) from fault
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
