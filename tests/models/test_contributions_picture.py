"""shap's picture shows our own points as one SVG, the same again, and leaves numpy's common generator as it was."""

from importlib.util import find_spec
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

from models import contributions_picture
from models.contributions_picture import beeswarm
from models.fitted import Model


def test_the_picture_is_one_svg_and_the_same_again(model: Model, small: SimpleNamespace) -> None:
    if find_spec("shap") is None:
        assert beeswarm(model, small.X, {}) is None
        return
    before = np.random.get_state()[1].copy()

    first, second = (beeswarm(model, small.X, {"debt": "负债"}) for _ in range(2))

    assert first is not None
    assert first == second
    assert ElementTree.fromstring(first).tag.endswith("svg")
    assert np.array_equal(before, np.random.get_state()[1])


def test_without_shap_or_rows_there_is_no_picture(
    model: Model, small: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert beeswarm(model, small.X.iloc[:0], {}) is None
    monkeypatch.setattr(contributions_picture, "find_spec", lambda name: None)

    assert beeswarm(model, small.X, {}) is None
