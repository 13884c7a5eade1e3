"""A segment that the model misjudges is found with its bounds; one that chance explains is not; attributes stay out."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2
from sklearn.metrics import roc_auc_score

from features.catalogue import FEATURES
from models.segments import (
    ATTRIBUTES,
    UNKNOWN,
    attributes_of,
    design_effect,
    gap_findings,
    ratio_bounds,
    read_validation_rule,
    segment_lines,
)

RULE = read_validation_rule(date(2026, 1, 1))


def sample(seed: int, firms: int = 3000, rows: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, pd.DataFrame]:
    draw = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(firms), rows)
    probability = draw.beta(1, 15, len(clusters))
    label = (draw.random(len(clusters)) < probability).astype(float)
    district = pd.Series(draw.choice(["甲", "乙", "丙", "丁"], firms)[clusters])
    return label, probability, clusters, pd.DataFrame({"district": district})


def lines(label: np.ndarray, probability: np.ndarray, clusters: np.ndarray, attributes: pd.DataFrame) -> list:
    known = np.ones(len(label))
    return segment_lines(attributes, label, probability, clusters, known=known, level=0.95)


def test_a_segment_with_twice_the_expected_defaults_is_found_and_only_it() -> None:
    label, probability, clusters, attributes = sample(0)
    chosen = (attributes["district"] == "乙").to_numpy()
    label[chosen] = (np.random.default_rng(1).random(chosen.sum()) < 2 * probability[chosen]).astype(float)

    found = lines(label, probability, clusters, attributes)

    assert [(line.value, line.gaps) for line in found if line.gaps] == [("乙", ("defaults",))]
    told = gap_findings(found)
    assert [one.code for one in told] == ["segment-gap"]
    assert "区县“乙”" in told[0].message
    assert "两人" in told[0].help


def test_a_segment_that_is_ranked_by_chance_is_found() -> None:
    label, probability, clusters, attributes = sample(2, firms=6000)
    chosen = (attributes["district"] == "丙").to_numpy()
    probability[chosen] = np.random.default_rng(3).permutation(probability[chosen])

    gaps = {line.value: line.gaps for line in lines(label, probability, clusters, attributes) if line.gaps}

    assert gaps == {"丙": ("ranking",)}


def test_where_nothing_is_wrong_hardly_any_table_has_a_gap() -> None:
    wrong = sum(any(line.gaps for line in lines(*sample(seed, firms=1200))) for seed in range(60))

    assert wrong <= 8


def test_figures_of_a_line_are_those_of_its_rows() -> None:
    label, probability, clusters, attributes = sample(5, firms=800, rows=2)
    chosen = (attributes["district"] == "甲").to_numpy()

    line = next(one for one in lines(label, probability, clusters, attributes) if one.value == "甲")

    assert (line.rows, line.firms) == (chosen.sum(), chosen.sum() / 2)
    assert line.defaults == label[chosen].sum()
    assert line.expected == pytest.approx(probability[chosen].sum())
    assert line.auc == pytest.approx(roc_auc_score(label[chosen], probability[chosen]))
    assert line.auc_low < line.auc < line.auc_high
    assert line.ratio_low < line.ratio < line.ratio_high


def test_few_defaulted_firms_are_not_judged_by_their_ranking() -> None:
    label, probability, clusters, attributes = sample(6, firms=200)

    assert all(np.isnan(line.auc_low) for line in lines(label, probability, clusters, attributes))


def test_rows_that_share_their_fortune_widen_the_bounds() -> None:
    label, probability, clusters, _ = sample(7, firms=1500)
    four = np.repeat(np.arange(1500), 4)

    alone = design_effect(label, probability, clusters)
    together = design_effect(np.repeat(label, 4), np.repeat(probability, 4), four)

    assert alone == pytest.approx(1.0, abs=0.1)
    assert together == pytest.approx(4.0, abs=0.4)
    assert ratio_bounds(40, 40, effect=4.0) == pytest.approx(ratio_bounds(10, 10))


def test_bounds_of_a_ratio_are_those_of_the_chi_square() -> None:
    low, high = ratio_bounds(7, 3.5, level=0.9)

    assert low == pytest.approx(chi2.ppf(0.05, 15) / 2 / 3.5)
    assert high == pytest.approx(chi2.ppf(0.95, 15) / 2 / 3.5)
    assert ratio_bounds(0, 3.5)[0] == 0.0


def test_attributes_are_read_from_the_register_and_the_day_and_are_unknown_otherwise() -> None:
    register = pd.DataFrame(
        {
            "enterprise_id": [1, 2],
            "district": ["370303", None],
            "industry": ["C2614", "Z99"],
            "ownership": ["private", "state"],
        }
    )
    firms = pd.Series([1, 2, 3, 1], index=list("abcd"))
    matrix = pd.DataFrame(
        {"profile_age_years": [3.0, 8.5, np.nan, 3.1], "profile_staff_latest": [19, 20, np.nan, 1000]}, list("abcd")
    )

    found = attributes_of(register, firms, matrix, RULE)

    assert found["district"].tolist() == ["张店区", UNKNOWN, UNKNOWN, "张店区"]
    assert found["size"].tolist() == ["微型", "小型", UNKNOWN, "大型"]
    assert found["industry"].tolist() == ["C26 化学原料和化学制品", "Z99", UNKNOWN, "C26 化学原料和化学制品"]
    assert found["age"].tolist() == ["3年以内", "3年以上", UNKNOWN, "3年以上"]
    assert found["stage"].str[:3].tolist() == ["初创期", "成熟期", UNKNOWN, "成长期"]
    assert found["ownership"].tolist() == ["民营", "国有", UNKNOWN, "民营"]


def test_what_segments_firms_is_no_feature() -> None:
    columns = {name.split("_", 1)[1] for name in FEATURES}

    assert not {"district", "ownership", "industry", "size", "stage"} & columns
    assert set(ATTRIBUTES) == {"district", "size", "industry", "stage", "ownership", "age"}
