"""How does a raw log-odds become the one that is shown?

Only a line in log-odds is allowed (method: calibration), so that contributions stay additive.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.measures import logistic_line

Numbers = npt.NDArray[np.float64]

# A Gaussian prior of deviation 0.5 around slope 1: thirty defaults move it a little, three hundred as they please.
SLOPE_STRENGTH = 4.0
FEWEST_FOR_SLOPE = 10
LEAST_SLOPE = 0.1
MOST_SLOPE = 3.0
# Beyond this a probability is no longer distinguishable from 0 or 1 in float64 arithmetic.
FURTHEST = 30.0


@dataclass(frozen=True)
class Calibrator:
    """Map raw log-odds to calibrated ones by slope and intercept; the slope is positive, so order is kept."""

    slope: float = 1.0
    intercept: float = 0.0

    def line(self, raw: Numbers) -> Numbers:
        """Return slope * raw + intercept."""
        return self.slope * raw + self.intercept

    def apply(self, raw: Numbers) -> Numbers:
        """Return the calibrated log-odds, held within the bounds of float64 probabilities."""
        return np.clip(self.line(raw), -FURTHEST, FURTHEST)


def calibrator_of(raw: Numbers, label: Numbers, *, centre: float = 1.0) -> Calibrator:
    """Fit the line on raw log-odds of rows that their booster had not seen.

    Under ten defaults only the intercept moves. A slope that noise made flat or negative is held at the least one,
    since a falling line would turn every declared direction round.
    Source: method.md 5.
    """
    few = min(label.sum(), len(label) - label.sum()) < FEWEST_FOR_SLOPE
    slope, intercept = logistic_line(raw, label, strength=SLOPE_STRENGTH, centre=centre, fixed=bool(few))
    if not LEAST_SLOPE <= slope <= MOST_SLOPE:
        held = min(max(slope, LEAST_SLOPE), MOST_SLOPE)
        slope, intercept = logistic_line(raw, label, strength=0.0, centre=held, fixed=True)
    return Calibrator(slope, intercept)
