"""How was the sandbox's model made?

`python -m models.sandbox.recipe` draws the table, trains the model and the simpler card beside it, and writes both
anew into files/. Do that where a feature it reads has come to mean something else, or the shelf's form has changed.
"""

import shutil
import sys
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import expit

from features.catalogue import FEATURES
from features.context import peer_keys
from models.appointing import read_score_scale
from models.background import read_background_rule, with_background
from models.card import Purpose, card_of
from models.sandbox import BASELINE, FILES, MODEL
from models.shelf import save
from models.table import table_of
from models.training import FitSettings, train
from models.woe import fit_woe

DAY = date(2026, 1, 1)
SEED = 2026
FIRMS = 900
UNKNOWN = 0.08
REFITS = 6
NAME = "sandbox-application-1"
SECTIONS = ("C", "I", "M")


def drawn() -> tuple[pd.DataFrame, pd.Series]:
    """Draw firms that exist nowhere, some of their values unknown, and who of them defaulted."""
    draw = np.random.default_rng(SEED)
    weak = draw.normal(size=FIRMS)
    X = pd.DataFrame(
        {
            "profile_age_years": np.round(1 + draw.gamma(4, 2.5, FIRMS), 2),
            "operations_leverage_ratio_2y": np.round(expit(0.2 + 0.7 * weak + draw.normal(0, 0.5, FIRMS)), 4),
            "operations_profit_margin_ratio_2y": np.round(0.06 - 0.05 * weak + draw.normal(0, 0.06, FIRMS), 4),
            "operations_return_on_assets_ratio_2y": np.round(0.05 - 0.03 * weak + draw.normal(0, 0.05, FIRMS), 4),
            "operations_receivables_ratio_2y": np.round(draw.beta(2, 5, FIRMS), 4),
            "operations_revenue_growth_3y": np.round(0.06 - 0.06 * weak + draw.normal(0, 0.15, FIRMS), 4),
            "operations_losses_3y": draw.binomial(3, expit(-1.6 + 0.8 * weak)).astype(float),
            "rnd_intensity_2y": np.round(draw.beta(2, 30, FIRMS), 4),
            "rnd_all_staff_growth_3y": np.round(0.05 - 0.08 * weak + draw.normal(0, 0.2, FIRMS), 4),
            "conduct_dishonesty_5y": draw.poisson(expit(-3.2 + weak)).astype(float),
            "conduct_tax_arrears_3y": draw.poisson(expit(-2.6 + 0.8 * weak)).astype(float),
        }
    )
    defaulted = pd.Series((draw.random(FIRMS) < expit(-3.0 + 1.6 * weak)).astype(float), X.index)
    return X.mask(draw.random(X.shape) < UNKNOWN), defaulted


def main() -> None:
    """Train, and write the model and the card beside it."""
    X, defaulted = drawn()
    declared = {name: FEATURES[name] for name in X.columns}
    table = table_of(X, defaulted, directions={name: int(one.direction) for name, one in declared.items()})
    model = train(table, FitSettings(refits=REFITS), seed=SEED)
    model = with_background(
        model,
        table,
        read_background_rule(DAY),
        families={name: one.group.value for name, one in declared.items()},
        peers=_peers(X["profile_age_years"]),
    )
    scale, margin = read_score_scale(DAY)
    purpose = Purpose(
        card="application",
        label_definition="虚构：沙箱的样本由程序抽取",
        horizon_months=18,
        fingerprints={name: one.fingerprint for name, one in declared.items()},
        demonstration=True,
    )
    shutil.rmtree(FILES, ignore_errors=True)
    save(model, card_of(model, purpose, name=NAME, created_on=DAY, scale=scale, margin=margin), MODEL)
    BASELINE.write_text(fit_woe(table).to_json() + "\n", encoding="utf-8")
    sys.stdout.write(f"{FIRMS} firms, {int(defaulted.sum())} defaults\n")


def _peers(ages: "pd.Series[float]") -> list[tuple[str | None, ...]]:
    """Give each row an industry and the stage of its age, as keys of the groups it is compared with."""
    growing, mature = read_background_rule(DAY).stage_years
    stages = np.select([ages >= mature, ages >= growing, ages.notna()], ["mature", "growing", "early"], "")
    keys = [peer_keys(SECTIONS[place % len(SECTIONS)], stage or None) for place, stage in enumerate(stages.astype(str))]
    return list(zip(*keys, strict=True))


if __name__ == "__main__":
    main()
