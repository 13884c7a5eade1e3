"""Are bare names as dirty as real ones, is it known whom they mean, and does matching find them?"""

from pathlib import Path

import pandas as pd
import pytest
from rapidfuzz.distance import Levenshtein

from bench.names import Measured, measure
from data.intake.name_words import normalise_name
from data.zibo.name_dirt import ANYWHERE, BESIDE_FIGURES, DOUBTFUL


@pytest.fixture(scope="module")
def named(full) -> pd.DataFrame:
    return full.truth("names")


@pytest.fixture(scope="module")
def measured(full, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    path: Path = tmp_path_factory.mktemp("names") / "city.db"
    return measure(full.report.directory, path)


def test_every_way_of_writing_a_name_occurs(named: pd.DataFrame) -> None:
    ways = {*ANYWHERE, *BESIDE_FIGURES, *DOUBTFUL, "old_name", "both_names", "stranger"}

    assert set(named["dirt"].dropna()) == ways
    assert 0.05 < named["dirt"].notna().mean() < 0.15


def test_truth_says_whom_every_row_of_a_list_without_codes_means(full, named: pd.DataFrame) -> None:
    written = [file for file in full.report.files if file.list.startswith("high_tech")]

    assert len(named) == sum(file.rows for file in written)
    assert (named["code"].isna() == (named["dirt"] == "stranger")).all()
    codes = set(full.truth("identities")["code"])
    assert set(named["code"].dropna()) <= codes


def test_a_dead_firms_name_and_its_heirs_both_stand_in_lists(full, named: pd.DataFrame) -> None:
    heirs = full.truth("identities").dropna(subset=["name_taken_from"])

    both = heirs[heirs["code"].isin(named["code"]) & heirs["name_taken_from"].isin(named["code"])]
    assert len(both) >= 3


def test_firms_with_names_one_character_apart_stand_in_the_register(full) -> None:
    names = full.truth("identities")["name"].map(normalise_name)
    around = pd.DataFrame({"name": names, "masked": names.str.slice(0, 2) + "*" + names.str.slice(3)})

    near = around[around.duplicated("masked", keep=False) & ~around.duplicated("name", keep=False)]
    assert len(near) > 100
    first, second = near.sort_values("masked")["name"].iloc[:2]
    assert Levenshtein.distance(first, second) <= 2


def test_automatic_matching_is_precise_and_finds_nearly_all(measured: Measured) -> None:
    assert measured.precision >= 0.999
    assert measured.recall >= 0.98


def test_what_only_a_person_can_tell_waits_and_all_else_is_found(measured: Measured) -> None:
    rows = measured.rows
    set_aside = rows["found"].isna()

    assert set(rows["dirt"][set_aside]) == {*DOUBTFUL, "stranger"}
    assert not set_aside[~rows["dirt"].isin([*DOUBTFUL, "stranger"])].any()
    assert measured.queue >= rows["said"][set_aside].nunique() - 1


def test_the_first_candidate_is_nearly_always_the_one_meant(measured: Measured) -> None:
    assert measured.first > 0.9
