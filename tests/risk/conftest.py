"""One small model on the catalogue's columns, for tests that need a score and no city."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from features.catalogue import FEATURES
from models.background import read_background_rule, with_background
from models.card import ModelCard, Purpose, card_of
from models.fitted import Model
from models.table import hidden_together, table_of
from models.training import FitSettings, train

COLUMNS = (
    "operations_leverage_ratio_2y",
    "rnd_intensity_2y",
    "conduct_dishonesty_5y",
    "conduct_penalties_3y",
    "patent_invention_grants_3y",
)


@pytest.fixture(scope="session")
def trained() -> tuple[Model, ModelCard]:
    """Fit on made-up firms with the catalogue's columns, whole groups hidden at random."""
    draw = np.random.default_rng(1)
    columns = (
        draw.uniform(0.1, 0.9, 900),
        draw.uniform(0.0, 0.2, 900),
        draw.binomial(2, 0.15, 900),
        draw.binomial(3, 0.2, 900),
        draw.poisson(2, 900),
    )
    X = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)), dtype="float64")
    risk = -3.2 + 2.5 * X[COLUMNS[0]] + 1.2 * X[COLUMNS[2]] - 4 * X[COLUMNS[1]]
    y = (draw.random(900) < expit(risk)).astype(int)
    directions = {name: int(FEATURES[name].direction) for name in COLUMNS}
    table = hidden_together(
        table_of(X, y, directions=directions), {name: str(FEATURES[name].group) for name in COLUMNS}
    )
    rule = read_background_rule(date(2026, 1, 1))
    model = with_background(train(table, FitSettings(refits=3), seed=0), table, rule)
    fingerprints = {name: FEATURES[name].fingerprint for name in COLUMNS}
    ordered = Purpose(
        card="application", label_definition="测试", horizon_months=18, demonstration=True, fingerprints=fingerprints
    )
    return model, card_of(model, ordered, name="m-1", created_on=date(2026, 1, 1))
