"""Is the boosted model better than something simpler, by more than chance?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.spec.progress import Progress, Silent
from models.baselines import Learner, alone, boosted, held_out, logistic, number_of, one_number, single_best, woe
from models.boosting import Recipe
from models.findings import Finding
from models.measures import auc_difference
from models.splits import Scheme, scheme_of
from models.table import LIVE_DEFAULTS, PerRow, Table, table_of
from models.training import searched
from models.tuning import Search, tuned_recipe
from models.uncertainty import spreads
from models.validation import check_folds
from models.woe import imported

Numbers = npt.NDArray[np.float64]

BOOSTED = "lightgbm"
WOE = "woe scorecard"
LOGISTIC = "logistic"
SINGLE = "single best column"
LABELS = {BOOSTED: "LightGBM", WOE: "WOE 评分卡", LOGISTIC: "逻辑回归", SINGLE: "最好的单项指标"}
"""What a reader calls the candidates; a given baseline is called as its giver called it."""
REPEATS = 3
FOLDS = 5


@dataclass(frozen=True)
class Comparison:
    """Say how candidates did on the same held-out rows and which one to take.

    `table` has one row a candidate: auc, ks, brier, log_loss and calibration_slope, each with _low and _high, its 95 %
    interval by bootstrap of whole groups, and `behind` (AUC of the boosted model minus this one's) with its interval,
    from the same draws. `recommended` is the boosted model only where it beats each of the others beyond its sampling
    error; else the best of those that it does not. `validation` says in Chinese how rows were held out; `findings` are
    those that `fit` has of the same table, leaks among them, and those of the comparison itself.
    """

    table: pd.DataFrame
    recommended: str
    reason: str
    validation: str
    out_of_time: bool
    rows: int
    defaults: int
    findings: tuple[Finding, ...]


def compare(  # noqa: PLR0913 - nine plain choices; grouping them would hide what may be chosen
    X: pd.DataFrame,
    y: PerRow,
    baselines: Mapping[str, PerRow] | None = None,
    *,
    groups: PerRow | None = None,
    dates: PerRow | None = None,
    directions: Mapping[str, int] | None = None,
    embargo_days: int = 0,
    tune: Search | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Comparison:
    """Compare the boosted model with a WOE scorecard, a logistic regression, the best column and given baselines.

    All are judged on the same rows, none of a firm that was learned from. Where `dates` are given, a row is judged by
    fits on earlier rows alone, whose labels had ended `embargo_days` before. Firms are dealt into five folds three
    times over, and a row's log-odds are averaged.
    A baseline is a column's name or one number a row (a bureau's score, an expert's points); its sign is learned on
    the training part, and one number's logistic line makes it a probability. `tune` searches settings first and takes
    them only where they are better beyond their sampling error.

    Raises what `fit` raises; AnalysisMissing where optbinning (or for `tune`, optuna) is not installed; ValueError for
        a baseline that is neither a column nor a number a row, or is called as a candidate is.
    Source: decisions.md 1, method.md 2 and 3.
    """
    table = table_of(X, y, groups=groups, dates=dates, directions=directions)
    check_folds(table, FOLDS)
    given = {name: number_of(column, X) for name, column in (baselines or {}).items()}
    if set(given) & set(LABELS):
        raise ValueError(f"a baseline may not be called as a candidate is: {sorted(set(given) & set(LABELS))}")
    imported()
    table = searched(table, X, y, groups=groups, dates=dates, seed=seed)
    told = progress or Silent()
    found = None if tune is None else tuned_recipe(table, tune, seed=seed, embargo_days=embargo_days, progress=told)
    scheme = scheme_of(table, repeats=REPEATS, folds=FOLDS, embargo_days=embargo_days, seed=seed)
    answers = _answers(table, given, scheme, None if found is None else found.recipe, told)
    noticed = (*table.findings, *scheme.findings, *(() if found is None else (found.finding,)))
    return _judged(table, answers, scheme, noticed, seed)


def _answers(
    table: Table, given: Mapping[str, Numbers], scheme: Scheme, recipe: Recipe | None, told: Progress
) -> dict[str, Numbers]:
    """Return each candidate's held-out log-odds, the given ones first and the boosted model last."""
    learners: dict[str, Learner] = {
        SINGLE: single_best,
        LOGISTIC: logistic,
        WOE: woe,
        BOOSTED: boosted(recipe),
    }
    told.stage("比较各方案", len(scheme.splits) * (len(given) + len(learners)))
    answers = {name: held_out(alone(table, one), one_number, scheme, told.advance) for name, one in given.items()}
    return answers | {name: held_out(table, one, scheme, told.advance) for name, one in learners.items()}


def _judged(
    table: Table, answers: Mapping[str, Numbers], scheme: Scheme, noticed: tuple[Finding, ...], seed: int
) -> Comparison:
    judged = ~np.isnan(answers[BOOSTED])
    part = table.rows(judged)
    reference = answers[BOOSTED][judged]
    rows = {name: _row(part, answer[judged], reference, seed) for name, answer in answers.items()}
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("candidate")
    recommended, reason = _verdict(frame, table)
    return Comparison(
        table=frame,
        recommended=recommended,
        reason=reason,
        validation=scheme.label,
        out_of_time=scheme.out_of_time,
        rows=len(part.label),
        defaults=int(part.label.sum()),
        findings=noticed,
    )


def _row(part: Table, odds: Numbers, reference: Numbers, seed: int) -> dict[str, float]:
    row: dict[str, float] = {}
    for name, spread in spreads(part.label, odds, part.clusters, seed=seed).items():
        row |= {name: spread.value, f"{name}_low": spread.low, f"{name}_high": spread.high}
    behind, low, high = auc_difference(part.label, reference, odds, part.clusters, seed=seed)
    return row | {"behind": behind, "behind_low": low, "behind_high": high}


def _verdict(frame: pd.DataFrame, table: Table) -> tuple[str, str]:
    """Return which candidate to take, and why in Chinese."""
    simpler = frame.drop(index=BOOSTED)
    if table.defaulted_clusters < LIVE_DEFAULTS:
        best = str(simpler["auc"].idxmax())
        few = f"违约企业只有 {table.defaulted_clusters} 家，不足 {LIVE_DEFAULTS} 家，LightGBM 不得启用"
        return best, f"{few}：建议采用较简单的方案“{LABELS.get(best, best)}”。"
    equals = simpler[simpler["behind_low"] <= 0]
    if equals.empty:
        return BOOSTED, "LightGBM 的 AUC 高于每一个较简单的方案，且超出抽样误差。"
    # Of those that chance does not tell from the boosted model, the best: the closest call deserves the name.
    best = str(equals["auc"].idxmax())
    gap = float(frame["behind"][best])
    return (
        best,
        f"LightGBM 与“{LABELS.get(best, best)}”的 AUC 之差为 {gap:+.3f}，未超出抽样误差：建议采用较简单的方案。",
    )
