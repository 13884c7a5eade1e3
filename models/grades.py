"""Do the grades of a master scale say what happens to their firms, and how should their bounds be set?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betainc, betaincinv

from models.findings import Finding
from models.refusals import TableUnusable

Numbers = npt.NDArray[np.float64]

MOST_SHARE = 0.30
"""No grade may hold more of the firms than this: a grade that holds all tells them apart no more."""
MOST_GRADES = 15
STEPS = (2.0, 1.75, 1.5, math.sqrt(2), 1.25)
SIGNIFICANCE = 0.05


@dataclass(frozen=True)
class GradeBounds:
    """Hold the upper PD bounds of a geometric master scale, best grade first, the last bound 1.

    `largest_share` is the share of the firms it was built on that its fullest grade holds.
    """

    below: tuple[float, ...]
    step: float
    largest_share: float


def build_master_scale(
    probability: Numbers, *, grades: int = 9, most_share: float = MOST_SHARE, lowest: float = 0.0003
) -> GradeBounds:
    """Return geometric bounds under which no grade holds more than `most_share` of these firms.

    Takes the widest of the usual steps that does it, with the fewest grades from `grades` on, and places the bounds so
    that the fullest grade is as empty as can be. `lowest` is the least bound of the best grade.

    Shapes: probability in (0, 1), one a firm.
    Raises TableUnusable where too many firms have the same PD for any bounds.
    Source: method.md 5, domain.md 11 (8 to 10 grades, geometric steps, none over 30 %).
    """
    if len(probability) == 0 or not ((probability > 0) & (probability < 1)).all():
        raise TableUnusable("编制主标尺需要至少一家企业的违约概率，且都在 0 与 1 之间。")
    ordered = np.sort(probability)
    for count in range(grades, max(grades, MOST_GRADES) + 1):
        for step in STEPS:
            found = _placed(ordered, count, step, lowest)
            if found is not None and found.largest_share <= most_share:
                return found
    raise TableUnusable(
        f"任何几何级差都会使某一等级超过 {most_share:.0%} 的企业：违约概率过于集中。",
        help="请检查模型的区分度；或减少相同的违约概率。",
    )


def _placed(ordered: Numbers, grades: int, step: float, lowest: float) -> GradeBounds | None:
    """Return the bounds of this step whose fullest grade is the emptiest; None where they cannot stay below one."""
    inner = step ** np.arange(grades - 1)
    highest = 0.5 / inner[-1]
    if lowest > highest:
        return None
    best: GradeBounds | None = None
    for first in np.linspace(math.log(lowest), math.log(highest), 60):
        below = (*(float(bound) for bound in math.exp(first) * inner), 1.0)
        share = float(_counts(ordered, below).max() / len(ordered))
        if best is None or share < best.largest_share:
            best = GradeBounds(below, step, share)
    return best


def grade_places(probability: Numbers, below: Sequence[float]) -> npt.NDArray[np.intp]:
    """Return each firm's place on the scale: a bound belongs to the grade above it, a PD of 1 to the last."""
    return np.minimum(np.searchsorted(np.asarray(below), probability, side="right"), len(below) - 1)


def concentration(probability: Numbers, below: Sequence[float], codes: Sequence[str]) -> tuple[Finding, ...]:
    """Return a finding for each grade that holds more than 30 % of the firms, and for none an empty tuple."""
    shares = _counts(probability, below) / max(1, len(probability))
    return tuple(
        Finding(
            "grade-too-full",
            "warning",
            f"等级 {code} 占企业的 {share:.0%}，超过 {MOST_SHARE:.0%}；请按几何级差重新编制主标尺。",
        )
        for code, share in zip(codes, shares, strict=True)
        if share > MOST_SHARE
    )


def _counts(probability: Numbers, below: Sequence[float]) -> npt.NDArray[np.intp]:
    return np.bincount(grade_places(probability, below), minlength=len(below))


def jeffreys(firms: int, defaults: int, probability: float) -> float:
    """Return how plausible it is that the grade's true default rate is no higher than its PD.

    Under 0.05 the PD is too low: the Beta(defaults + 1/2, firms - defaults + 1/2) distribution function at the PD.

    >>> round(jeffreys(100, 0, 0.01), 3)
    0.844

    Raises ValueError unless 0 <= defaults <= firms and the PD lies in [0, 1].
    Source: domain.md 11 (ECB, instructions for reporting the validation results of internal models).
    """
    if not (0 <= defaults <= firms and 0 <= probability <= 1):
        raise ValueError("no more defaults than firms, and a PD between 0 and 1")
    return float(betainc(defaults + 0.5, firms - defaults + 0.5, probability))


def grade_report(probability: Numbers, label: Numbers, below: Sequence[float], codes: Sequence[str]) -> pd.DataFrame:
    """Return for each grade its firms, PD, defaults and observed rate, with the Jeffreys test of too low a PD.

    To be applied to one row a firm in cohorts that do not overlap (method.md 3).

    Shapes: probability and label one a firm; the result has one row a grade (index `grade`): firms, share, pd (mean),
        defaults, observed, low and high (80 % Jeffreys interval of the rate), p_value, verdict ("too-low", "too-high",
        "agrees" or "empty").
    Source: method.md 3, domain.md 11.
    """
    places = grade_places(probability, below)
    rows = [_grade_row(probability[places == place], label[places == place]) for place in range(len(below))]
    frame = pd.DataFrame(rows, index=pd.Index(list(codes), name="grade"))
    frame.insert(1, "share", frame["firms"] / max(1, len(label)))
    return frame


def _grade_row(probability: Numbers, label: Numbers) -> dict[str, object]:
    firms, defaults = len(label), int(label.sum())
    if firms == 0:
        nothing = dict.fromkeys(("pd", "observed", "low", "high", "p_value"), math.nan)
        return {"firms": 0, "defaults": 0, **nothing, "verdict": "empty"}
    mean = float(probability.mean())
    p_value = jeffreys(firms, defaults, mean)
    low, high = (float(betaincinv(defaults + 0.5, firms - defaults + 0.5, level)) for level in (0.1, 0.9))
    verdict = "too-low" if p_value < SIGNIFICANCE else "too-high" if p_value > 1 - SIGNIFICANCE else "agrees"
    return {
        "firms": firms,
        "defaults": defaults,
        "pd": mean,
        "observed": defaults / firms,
        "low": low,
        "high": high,
        "p_value": p_value,
        "verdict": verdict,
    }


def monotone(frame: pd.DataFrame) -> bool:
    """Tell whether no grade's 80 % interval lies wholly below that of a better one: the scale keeps its order."""
    held = frame[frame["firms"] > 0]
    return bool((held["high"] >= held["low"].cummax()).all())
