"""May what a model says of a firm be shown as its score: enough known, like the firms it learned from, undisputed?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from data.spec.missing import Missing
from features.catalogue import FEATURES
from models.card import ModelCard
from models.fitted import Model
from models.support import Level, Nearness
from risk.limits import Limits
from risk.unscored import STANDINGS, Standing, Unscored

NAMED = 3
"""So many columns are named in a sentence."""

NO_BASELINE = "架上没有与该模型对照的评分卡，未作两卡比对。"
NO_SUPPORT = "该模型未附训练样本的描述，未检查企业是否在样本范围之内。"


class Baseline(Protocol):
    """Score the same firms by a simpler card, to be held beside the model."""

    @property
    def digest(self) -> str:
        """Return the sha256 of all of it."""

    @property
    def features(self) -> Sequence[str]:
        """Return the names of the columns it reads, in order."""

    def log_odds(self, X: pd.DataFrame) -> "pd.Series[float]":
        """Return each row's calibrated log-odds of default."""


@runtime_checkable
class WithBaselines(Protocol):
    """Be a shelf on which simpler cards stand beside models."""

    def baseline(self, name: str) -> Baseline | None:
        """Return the card shelved beside the model of this name; None where there is none."""


def baseline_beside(shelf: object, name: str) -> Baseline | None:
    """Return the card to hold beside a model, where the shelf offers one."""
    return shelf.baseline(name) if isinstance(shelf, WithBaselines) else None


@dataclass(frozen=True, kw_only=True)
class Fitness:
    """Say what was found of one row.

    coverage: share of the model's features that are known, among those that apply to the firm. spread: points between
    the model's own members; gap: points between the model and its baseline, None without one.
    """

    coverage: float
    support: Level | None
    widening: float
    spread: float
    gap: float | None
    notes: tuple[str, ...]
    against: Standing | None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Hold what a model was shown: values, why others are missing, and the baseline's log-odds of the same rows.

    Shapes: X and missing have the model's columns and the same rows; baseline is one number a row.
    """

    model: Model
    card: ModelCard
    X: pd.DataFrame
    missing: pd.DataFrame
    baseline: "pd.Series[float] | None"


def fitness_of(shown: Shown, limits: Limits) -> tuple[Fitness, ...]:
    """Return the fitness of each row, in order."""
    factor = shown.card.scale.factor
    own = shown.model.log_odds(shown.X)
    members = shown.model.member_log_odds(shown.X)
    spread = factor * (members.max(axis=1) - members.min(axis=1))
    gap = None if shown.baseline is None else factor * (own - shown.baseline).abs()
    near = shown.model.nearness(shown.X)
    return tuple(
        _fitness(
            shown.missing.iloc[place],
            None if near is None else near[place],
            spread=float(spread.iloc[place]),
            gap=None if gap is None else float(gap.iloc[place]),
            limits=limits,
        )
        for place in range(len(shown.X))
    )


def widened(answers: pd.DataFrame, factors: Sequence[float]) -> pd.DataFrame:
    """Return the answers with each interval's half-widths, in log-odds, multiplied by its row's factor.

    Shapes: answers has pd, pd_low and pd_high.
    """
    centre, factor = logit(answers["pd"]), np.asarray(factors)
    bounds = {name: expit(centre + factor * (logit(answers[name]) - centre)) for name in ("pd_low", "pd_high")}
    plain = factor == 1.0
    # A factor of one leaves the very bits as they are.
    return answers.assign(**{name: bound.where(~plain, answers[name]) for name, bound in bounds.items()})


def coverage_of(missing: "pd.Series[str]") -> float:
    """Return the share of features known among those that apply; 0 where none applies."""
    applicable = [reason for reason in missing if reason != Missing.NOT_APPLICABLE]
    known = sum(not isinstance(reason, str) for reason in applicable)
    return known / len(applicable) if applicable else 0.0


def _fitness(
    missing: "pd.Series[str]", near: Nearness | None, *, spread: float, gap: float | None, limits: Limits
) -> Fitness:
    level = None if near is None else limits.support.level(near)
    thin = level is Level.THIN
    coverage = coverage_of(missing)
    disputes = _disputes(spread, gap, limits)
    against = _too_little(missing, coverage, limits)
    if against is None and level is Level.OUTSIDE and near is not None:
        against = STANDINGS[Unscored.OUTSIDE].because(f"超出的有：{_named(near.beyond)}。")
    if against is None and disputes:
        against = STANDINGS[Unscored.DISAGREEMENT].because("".join(disputes))
    return Fitness(
        coverage=coverage,
        support=level,
        widening=limits.thin_widening if thin else 1.0,
        spread=spread,
        gap=gap,
        notes=tuple(_notes(near if thin else None, limits, support=level, gap=gap)),
        against=against,
    )


def _too_little(missing: "pd.Series[str]", coverage: float, limits: Limits) -> Standing | None:
    if len(missing) and (missing == Missing.NOT_AUTHORISED).all():
        return STANDINGS[Unscored.NOT_AUTHORISED]
    if coverage >= limits.least_coverage:
        return None
    unknown = [str(name) for name, reason in missing.items() if isinstance(reason, str)]
    told = f"已知比例为{coverage:.0%}，低于{limits.least_coverage:.0%}；未知的有：{_named(unknown)}。"
    return STANDINGS[Unscored.TOO_LITTLE].because(told)


def _disputes(spread: float, gap: float | None, limits: Limits) -> list[str]:
    said = []
    if gap is not None and gap > limits.baseline_gap:
        said.append(f"模型与对照评分卡相差{gap:.0f}分，超过{limits.baseline_gap:.0f}分。")
    if spread > limits.members_gap:
        said.append(f"模型各成员之间相差{spread:.0f}分，超过{limits.members_gap:.0f}分。")
    return said


def _notes(thin: Nearness | None, limits: Limits, *, support: Level | None, gap: float | None) -> list[str]:
    said = []
    if thin is not None:
        why = f"{_named(thin.beyond)}超出训练样本的常见范围" if thin.beyond else "训练样本中情形相近的企业很少"
        said.append(f"样本稀疏：{why}，区间已放宽为{limits.thin_widening:g}倍，请结合其他材料判断。")
    if support is None:
        said.append(NO_SUPPORT)
    if gap is None:
        said.append(NO_BASELINE)
    return said


def _named(names: Sequence[str]) -> str:
    shown = "、".join(f"“{_label(name)}”" for name in names[:NAMED])
    return shown + (f"等{len(names)}项" if len(names) > NAMED else "")


def _label(name: str) -> str:
    return FEATURES[name].label if name in FEATURES else name
