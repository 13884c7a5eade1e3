"""What does shap, where it is installed, draw of a model as a whole?"""

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec

import numpy as np
import pandas as pd

from models.columns import Matrix
from models.contributions import explain
from models.fitted import Model
from models.scale import STANDARD, Scale

ROWS = 300
"""Rows that are drawn: more only thicken the dots."""
MOST_COLUMNS = 12
CHINESE = re.compile(
    r"NotoSans(CJK|SC|CJKsc)-Regular|SourceHanSansSC-Regular|wqy-|simhei|msyh\.|PingFang", re.IGNORECASE
)
"""Files of fonts with Chinese characters; without one the columns bear their English names."""


def beeswarm(
    model: Model, X: pd.DataFrame, labels: Mapping[str, str], *, scale: Scale = STANDARD, seed: int = 0
) -> str | None:
    """Return shap's beeswarm of the columns' points as SVG; None where shap is not installed.

    The points are our own contributions, so that the picture and the scores say the same.

    Shapes: X has the model's columns; labels by column, used where a Chinese font is at hand.
    """
    if find_spec("shap") is None or find_spec("matplotlib") is None or len(X) == 0:
        return None
    chosen = X.iloc[np.sort(np.random.default_rng([seed, 31]).permutation(len(X))[:ROWS])]
    points = -scale.factor * explain(model, chosen)[list(model.features)]
    values, _ = model.encode(chosen)
    return _drawn(points.to_numpy(dtype=np.float64), values, list(model.features), labels)


def _drawn(points: Matrix, values: Matrix, names: list[str], labels: Mapping[str, str]) -> str:
    import matplotlib
    import shap
    from matplotlib import pyplot

    pyplot.switch_backend("Agg")
    font = _font()
    chinese = font is not None
    named = [labels.get(name, name) if chinese else name for name in names]
    families = [*([font] if font else []), "DejaVu Sans"]
    with (
        matplotlib.rc_context({"font.family": families, "svg.hashsalt": "lukeping", "axes.unicode_minus": False}),
        _drawing_alone(),
    ):
        axes = shap.plots.beeswarm(
            shap.Explanation(values=points, data=values, feature_names=named),
            max_display=MOST_COLUMNS,
            show=False,
            plot_size=(8, 4.6),
            color_bar_label="取值高低" if chinese else "value",
            s=9,
        )
        axes.set_xlabel("对分数的影响（分），右为加分" if chinese else "points", fontsize=11)
        if chinese:
            axes.figure.axes[-1].set_yticks([0, 1], labels=["低", "高"])
        written = io.StringIO()
        axes.figure.savefig(written, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
        pyplot.close(axes.figure)
    return written.getvalue()


@contextmanager
def _drawing_alone() -> Iterator[None]:
    """Let shap scatter its dots by numpy's common generator, seeded, and leave that as it was found."""
    before = np.random.get_state()
    np.random.seed(0)
    try:
        yield
    finally:
        np.random.set_state(before)


def _font() -> str | None:
    """Return the name of a Chinese font, made known to matplotlib, whose own list may be older than the font."""
    from matplotlib import font_manager

    path = next((path for path in sorted(font_manager.findSystemFonts()) if CHINESE.search(path)), None)
    if path is None:
        return None
    font_manager.fontManager.addfont(path)
    return str(font_manager.get_font(path).family_name)
