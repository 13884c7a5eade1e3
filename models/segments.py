"""Does a model say of every part of the city what happens there, or only of the city as a whole?

The attributes of a segment are never features (method.md 4); here alone they meet the probabilities.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaincinv, ndtri

from data.spec.dated import ParameterSet
from data.spec.tables.profile import enterprise_registration
from models.findings import Finding
from models.measures import auc, bootstrap_weights

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

ATTRIBUTES: Mapping[str, str] = {
    "district": "区县",
    "size": "规模",
    "industry": "行业",
    "stage": "阶段",
    "ownership": "企业类型",
    "age": "成立年限",
}
INDUSTRIES: Mapping[str, str] = {
    "C26": "化学原料和化学制品",
    "C27": "医药制造",
    "C29": "橡胶和塑料制品",
    "C30": "非金属矿物制品",
    "C33": "金属制品",
    "C34": "通用设备",
    "C35": "专用设备",
    "C36": "汽车制造",
    "C38": "电气机械和器材",
    "C39": "计算机、通信和电子设备",
    "C40": "仪器仪表",
    "I64": "互联网",
    "I65": "软件和信息技术服务",
    "M73": "研究和试验发展",
    "M74": "专业技术服务",
    "M75": "科技推广和应用服务",
}
"""Divisions of GB/T 4754-2017 by code; one that is not here is shown by its code."""

UNKNOWN = "未知"
FEWEST_FOR_AUC = 10
"""Defaulted firms under which a segment's AUC is not judged: its interval would hold nearly everything."""
DRAWS = 120
"""Bootstrap draws behind a standard error: it is known to seven parts of a hundred."""
GAP = "segment-gap"


@dataclass(frozen=True, kw_only=True)
class ValidationRule:
    """Hold what a validation counts with; the values live in validation_rule.yaml."""

    micro_below: float
    small_below: float
    medium_below: float
    young_years: float
    growing_years: float
    relief_from_year: int
    relief_to_year: int
    segment_level: float
    acceptances: int
    prudent_confidence: float
    asset_correlation: float


def read_validation_rule(day: date) -> ValidationRule:
    """Return the rule in force on day (models/validation_rule.yaml)."""
    text = Path(__file__).with_name("validation_rule.yaml").read_text(encoding="utf-8")
    numbers = ParameterSet.parse(text).numbers(day)
    whole = {name: int(numbers.pop(name)) for name in ("relief_from_year", "relief_to_year", "acceptances")}
    return ValidationRule(
        relief_from_year=whole["relief_from_year"],
        relief_to_year=whole["relief_to_year"],
        acceptances=whole["acceptances"],
        **{name: float(value) for name, value in numbers.items()},
    )


@dataclass(frozen=True, kw_only=True)
class SegmentLine:
    """Say of one segment what was observed, what was expected, and how well its firms are ranked.

    `ratio` is observed over expected defaults, `known` the share of values that were known; the bounds hold for all
    segments at once. `gaps` names what lies outside its bounds: "defaults", or "ranking" where it is worse than that of
    all other rows.
    """

    attribute: str
    value: str
    rows: int
    firms: int
    defaults: int
    defaulted_firms: int
    expected: float
    ratio: float
    ratio_low: float
    ratio_high: float
    auc: float
    auc_low: float
    auc_high: float
    known: float
    gaps: tuple[str, ...]


def attributes_of(
    register: pd.DataFrame, firms: "pd.Series[int]", matrix: pd.DataFrame, rule: ValidationRule
) -> pd.DataFrame:
    """Return each row's segment by attribute, in Chinese; what nobody knows is 未知.

    Shapes: register has one version a firm; firms is the enterprise_id of each row; matrix may hold the features
        profile_age_years and profile_staff_latest as of the row's day, so that size and age are those of the day.
    """
    known = register.drop_duplicates("enterprise_id", keep="last").set_index("enterprise_id").reindex(firms)
    known.index = firms.index
    choices = {name: enterprise_registration.columns[name].choices for name in ("district", "ownership")}
    age, staff = (matrix.get(name, pd.Series(np.nan, firms.index)) for name in ("profile_age_years", STAFF))
    young = f"{rule.young_years:g}年"
    growing = f"{rule.growing_years:g}年"
    return pd.DataFrame(
        {
            "district": known["district"].map(choices["district"]).fillna(UNKNOWN),
            "size": _banded(staff, (rule.micro_below, rule.small_below, rule.medium_below), SIZES, right=False),
            "industry": known["industry"].map(_industry),
            "stage": _banded(
                age,
                (rule.young_years, rule.growing_years),
                (f"初创期（{young}以内）", f"成长期（{growing}以内）", "成熟期"),
                right=True,
            ),
            "ownership": known["ownership"].map(choices["ownership"]).fillna(UNKNOWN),
            "age": _banded(age, (rule.young_years,), (f"{young}以内", f"{young}以上"), right=True),
        },
        index=firms.index,
    )


STAFF = "profile_staff_latest"
SIZES = ("微型", "小型", "中型", "大型")


def _banded(
    values: "pd.Series[float]", bounds: tuple[float, ...], labels: tuple[str, ...], *, right: bool
) -> "pd.Series[str]":
    place = np.searchsorted(bounds, values.to_numpy(dtype=np.float64), side="left" if right else "right")
    named = np.array(labels, dtype=object)[np.minimum(place, len(labels) - 1)]
    return pd.Series(np.where(values.isna(), UNKNOWN, named), values.index, dtype=object)


def _industry(code: object) -> str:
    if not isinstance(code, str) or not code:
        return UNKNOWN
    return f"{code[:3]} {INDUSTRIES[code[:3]]}" if code[:3] in INDUSTRIES else code[:3]


def segment_lines(
    attributes: pd.DataFrame,
    label: Numbers,
    probability: Numbers,
    clusters: Codes,
    *,
    known: Numbers,
    level: float,
    seed: int = 0,
) -> list[SegmentLine]:
    """Return what was observed and expected in each segment, by attribute and size.

    The bounds of all segments together hold with `level` where nothing is wrong: each is made wider by the number of
    segments. Rows of one firm count as far as their errors differ (the design effect), never as independent.

    Shapes: one row a case; attributes as `attributes_of` returns them; probability held out; known the share of the
        row's values that are not gaps.
    Source: method.md 4.
    """
    chosen = [
        (str(name), str(value), (attributes[name] == value).to_numpy())
        for name in attributes.columns
        for value in attributes[name].value_counts().index
    ]
    each = 1 - (1 - level) / max(1, 2 * len(chosen))
    effect = design_effect(label, probability, clusters)
    draws = bootstrap_weights(clusters, label, seed=seed, draws=DRAWS)
    ranking = {(name, value): _ranking(label, probability, clusters, rows, draws, each) for name, value, rows in chosen}
    return [
        _line(name, value, _Part(label, probability, clusters, known, rows), ranking[name, value], effect, each)
        for name, value, rows in chosen
    ]


@dataclass(frozen=True)
class _Part:
    """Hold the table and which of its rows are the segment's."""

    label: Numbers
    probability: Numbers
    clusters: Codes
    known: Numbers
    rows: Mask


def _line(
    name: str, value: str, part: _Part, ranking: tuple[float, float, float, bool], effect: float, level: float
) -> SegmentLine:
    rows, label = part.rows, part.label[part.rows]
    expected = float(part.probability[rows].sum())
    low, high = ratio_bounds(float(label.sum()), expected, effect=effect, level=level)
    middle, auc_low, auc_high, apart = ranking
    gaps = (*(("defaults",) if not low <= 1 <= high else ()), *(("ranking",) if apart else ()))
    return SegmentLine(
        attribute=name,
        value=value,
        rows=int(rows.sum()),
        firms=len(np.unique(part.clusters[rows])),
        defaults=int(label.sum()),
        defaulted_firms=len(np.unique(part.clusters[rows][label == 1])),
        expected=expected,
        ratio=float(label.sum()) / expected,
        ratio_low=low,
        ratio_high=high,
        auc=middle,
        auc_low=auc_low,
        auc_high=auc_high,
        known=float(part.known[rows].mean()),
        gaps=gaps,
    )


def design_effect(label: Numbers, probability: Numbers, clusters: Codes) -> float:
    """Return how many times the variance of a sum of defaults exceeds that of independent rows, at least 1."""
    together = np.bincount(clusters, weights=label - probability)
    alone = float((probability * (1 - probability)).sum())
    return max(1.0, float((together**2).sum()) / alone) if alone else 1.0


def ratio_bounds(observed: float, expected: float, *, effect: float = 1.0, level: float = 0.95) -> tuple[float, float]:
    """Return bounds of observed over expected defaults from the gamma distribution (Jeffreys, for counts).

    >>> tuple(round(bound, 2) for bound in ratio_bounds(10, 10))
    (0.51, 1.77)
    """
    seen, hoped = observed / effect, expected / effect
    low, high = (float(gammaincinv(seen + 0.5, (1 + sign * level) / 2)) / hoped for sign in (-1, 1))
    return (0.0 if observed == 0 else low), high


def _ranking(
    label: Numbers, probability: Numbers, clusters: Codes, rows: Mask, draws: list[Numbers], level: float
) -> tuple[float, float, float, bool]:
    """Return the segment's AUC with its bounds, and whether it surely lies below that of all other rows."""
    middle = auc(label[rows], probability[rows])
    firms = [len(np.unique(clusters[side & (label == 1)])) for side in (rows, ~rows)]
    if min(firms) < FEWEST_FOR_AUC or math.isnan(middle):
        return middle, math.nan, math.nan, False
    own, others = (_drawn(label[side], probability[side], [weight[side] for weight in draws]) for side in (rows, ~rows))
    reach = float(ndtri((1 + level) / 2))
    low, high = (middle + sign * reach * float(np.nanstd(own)) for sign in (-1, 1))
    behind = auc(label[~rows], probability[~rows]) - middle > reach * float(np.nanstd(own - others))
    return middle, max(0.0, low), min(1.0, high), behind


def _drawn(label: Numbers, probability: Numbers, draws: list[Numbers]) -> Numbers:
    """Return the AUC of each draw; the rows are put in order once for all of them."""
    _, place = np.unique(probability, return_inverse=True)
    order = np.argsort(place, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(place[order]) != 0])
    weights = np.array(draws)[:, order]
    bad = np.add.reduceat(weights * label[order], starts, axis=1)
    good = np.add.reduceat(weights * (1 - label[order]), starts, axis=1)
    pairs = bad.sum(axis=1) * good.sum(axis=1)
    won = (bad * (np.cumsum(good, axis=1) - good / 2)).sum(axis=1)
    return np.where(pairs > 0, won / np.where(pairs > 0, pairs, 1.0), np.nan)


def gap_findings(lines: list[SegmentLine]) -> tuple[Finding, ...]:
    """Return a finding for each segment in which something lies outside its bounds."""
    return tuple(Finding(GAP, "warning", message, (), HELP) for line in lines for message in _gap_messages(line))


HELP = "请查明原因；启用该模型须两人分别书面接受（lukeping accept）。"


def _gap_messages(line: SegmentLine) -> Iterator[str]:
    where = f"{ATTRIBUTES.get(line.attribute, line.attribute)}“{line.value}”"
    if "defaults" in line.gaps:
        yield (
            f"{where}：违约 {line.defaults} 次，预期 {line.expected:.1f} 次，"
            f"两者之比 {line.ratio:.2f} 的区间 {line.ratio_low:.2f}–{line.ratio_high:.2f} 不含 1。"
        )
    if "ranking" in line.gaps:
        yield (
            f"{where}：AUC {line.auc:.2f}（区间 {line.auc_low:.2f}–{line.auc_high:.2f}），低于其余企业，超出抽样误差。"
        )
