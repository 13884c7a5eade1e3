"""Which fifty invented firms are frozen with their scores, and which small model do they belong to?

`python -m tests.golden.frozen` draws the table, trains the model and writes all of it anew: model/, scores.csv and
sentences.csv beside this file. Do that in a commit of its own that says why the scores have changed.
"""

import shutil
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

from features.catalogue import FEATURES
from models import explain
from models.background import read_background_rule, with_background
from models.card import ModelCard, Purpose, card_of
from models.fitted import Model
from models.references import relative
from models.scale import points_of
from models.shelf import load, save
from models.table import table_of
from models.training import FitSettings, train
from risk.arguments import Case, argue
from risk.assessment import Reason, RelativeTo
from risk.grade import grade_of, read_master_scale
from risk.readers import Audience, Language
from risk.reasons import sentence
from risk.standpoint import Standpoint, background_of, standpoint

HERE = Path(__file__).parent
SHELF = HERE / "model"
SCORES = HERE / "scores.csv"
SENTENCES = HERE / "sentences.csv"
DAY = date(2026, 1, 1)
FIRMS = 50
LEARNED = 600
COLUMNS = (
    "profile_age_years",
    "operations_leverage_ratio_2y",
    "operations_profit_margin_ratio_2y",
    "operations_return_on_assets_ratio_2y",
    "operations_receivables_ratio_2y",
    "operations_losses_3y",
    "rnd_all_staff_growth_3y",
    "patent_late_fees_12m",
    "conduct_dishonesty_5y",
    "conduct_tax_arrears_3y",
    "lending_loans_to_assets_ratio_2y",
    "lending_overdue_months_12m",
)
REASONS = ("reasons_for", "reasons_against")


def drawn(seed: int, firms: int) -> tuple[pd.DataFrame, pd.Series]:
    """Draw firms that exist nowhere, a tenth of their values unknown, and who of them defaulted."""
    draw = np.random.default_rng([seed, 2026])
    weak = draw.normal(size=firms)
    X = pd.DataFrame(
        {
            "profile_age_years": np.round(draw.gamma(4, 2.5, firms), 2),
            "operations_leverage_ratio_2y": np.round(expit(0.2 + 0.7 * weak + draw.normal(0, 0.5, firms)), 4),
            "operations_profit_margin_ratio_2y": np.round(0.06 - 0.05 * weak + draw.normal(0, 0.06, firms), 4),
            "operations_return_on_assets_ratio_2y": np.round(0.05 - 0.03 * weak + draw.normal(0, 0.05, firms), 4),
            "operations_receivables_ratio_2y": np.round(draw.beta(2, 5, firms), 4),
            "operations_losses_3y": draw.binomial(3, expit(-1.6 + 0.8 * weak)).astype(float),
            "rnd_all_staff_growth_3y": np.round(0.05 - 0.08 * weak + draw.normal(0, 0.2, firms), 4),
            "patent_late_fees_12m": draw.poisson(0.3, firms).astype(float),
            "conduct_dishonesty_5y": draw.poisson(expit(-3.2 + weak)).astype(float),
            "conduct_tax_arrears_3y": draw.poisson(expit(-2.6 + 0.8 * weak)).astype(float),
            "lending_loans_to_assets_ratio_2y": np.round(expit(-1.2 + 0.6 * weak + draw.normal(0, 0.6, firms)), 4),
            "lending_overdue_months_12m": draw.poisson(expit(-2.4 + weak)).astype(float),
        },
        index=[f"firm-{number:02d}" for number in range(1, firms + 1)],
    )[list(COLUMNS)]
    defaulted = pd.Series((draw.random(firms) < expit(-2.2 + 1.3 * weak)).astype(float), X.index)
    return X.mask(draw.random(X.shape) < 0.1), defaulted


def trained() -> tuple[Model, ModelCard]:
    """Train the small model and write its card."""
    X, defaulted = drawn(1, LEARNED)
    directions = {name: int(FEATURES[name].direction) for name in COLUMNS}
    table = table_of(X, defaulted, directions=directions)
    families = {name: FEATURES[name].group.value for name in COLUMNS}
    model = train(table, FitSettings(refits=4), seed=0)
    model = with_background(model, table, read_background_rule(DAY), families=families)
    purpose = Purpose(card="application", label_definition="虚构", horizon_months=18, demonstration=True)
    return model, card_of(model, purpose, name="golden", created_on=DAY, margin=0.1)


def scores(model: Model, card: ModelCard) -> pd.DataFrame:
    """Return each frozen firm's values, score, PD, interval, grade, points by line and column, and reasons by name."""
    X, _ = drawn(2, FIRMS)
    points = _points(model, card, X)
    answers = pd.concat([model.probability(X).rename("pd"), model.interval(X)], axis=1)
    grades = [grade_of(pd_, read_master_scale(DAY)).code for pd_ in answers["pd"]]
    argued = _argued(model, X, points)
    told = {
        name: [";".join(reason.feature for reason in sides[place]) for sides in argued]
        for place, name in enumerate(REASONS)
    }
    lines = points.drop(columns="score").add_prefix("points_")
    head = pd.concat([X, points["score"], answers], axis=1)
    return pd.concat([head, pd.DataFrame({"grade": grades}, X.index), lines, pd.DataFrame(told, X.index)], axis=1)


def sentences(model: Model, card: ModelCard) -> pd.DataFrame:
    """Return the wording of each frozen reason, one a row: what changes with the templates and labels alone."""
    X, _ = drawn(2, FIRMS)
    points = _points(model, card, X)
    rows = [
        {
            "firm": firm,
            "side": side,
            "feature": reason.feature,
            "sentence": sentence(
                reason,
                replace(_population(model).reference, score=float(points.loc[firm, "base"])),
                audience=Audience.BANK,
                language=Language.ZH,
            ),
        }
        for firm, sides in zip(X.index, _argued(model, X, points), strict=True)
        for side, reasons in zip(REASONS, sides, strict=True)
        for reason in reasons
    ]
    return pd.DataFrame(rows)


def _population(model: Model) -> Standpoint:
    scale, context = read_master_scale(DAY), (None, None)
    return standpoint(background_of(model), RelativeTo.POPULATION, pd=0.0, scale=scale, context=context)


def _points(model: Model, card: ModelCard, X: pd.DataFrame) -> pd.DataFrame:
    means = np.tile(_population(model).profile.means, (len(X), 1))
    return points_of(relative(explain(model, X), means), card.scale, margin=card.margin)


def _argued(model: Model, X: pd.DataFrame, points: pd.DataFrame) -> list[tuple[tuple[Reason, ...], tuple[Reason, ...]]]:
    background, profile = background_of(model), _population(model).profile
    return [
        argue(
            Case(
                features=[FEATURES[name] for name in COLUMNS],
                points=[float(points.loc[firm, name]) for name in COLUMNS],
                values=[None if np.isnan(value) else float(value) for value in X.loc[firm]],
                missing=["not_reported" if np.isnan(value) else None for value in X.loc[firm]],
                background=background,
                profile=profile,
                obliged=frozenset(),
            )
        )
        for firm in X.index
    ]


def written(frame: pd.DataFrame, *, index: bool) -> str:
    """Return a frame as the text that is committed."""
    return frame.to_csv(index=index, index_label="firm" if index else None, float_format="%.9g", lineterminator="\n")


def main() -> None:
    shutil.rmtree(SHELF, ignore_errors=True)
    save(*trained(), SHELF)
    shelved = load(SHELF)
    frozen = scores(*shelved)
    SCORES.write_text(written(frozen, index=True), encoding="utf-8")
    SENTENCES.write_text(written(sentences(*shelved), index=False), encoding="utf-8")
    sys.stdout.write(f"{len(frozen)} firms, scores {frozen['score'].min()} to {frozen['score'].max()}\n")


if __name__ == "__main__":
    main()
