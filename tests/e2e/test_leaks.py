"""Whoever read the city's lists without regard to time would be told of each of the five traps before the fit."""

import pandas as pd
import pytest

from data.spec.progress import Silent
from data.store.reads import read_batches, read_events
from data.zibo.traps import TRAPS
from models.labels import Outcome
from models.leakage import Times, find_leaks
from models.retraining import TrainingSet, build_training_set
from tests.e2e.town import AT, TODAY, City

TABLES = {
    "pledged_for_this_loan": "patent_event",
    "revoked_after_default": "high_tech_certificate",
    "dishonesty_from_this_loan": "conduct_record",
    "backdated_list": "tech_sme_entry",
    "directory_without_dead_firms": "enterprise_registration",
}


@pytest.fixture(scope="module")
def training(city: City) -> TrainingSet:
    with city.store.work(at=AT, read_only=True) as work:
        return build_training_set(work, card="application", as_of=TODAY, access=city.access, progress=Silent())


@pytest.fixture(scope="module")
def trapped(city: City) -> dict[str, pd.DataFrame]:
    """Return the rows of each trap as they are in the store."""
    traps = city.truth("traps")
    traps["row"] = traps["row"].astype(float).astype(int)
    with city.store.work(at=AT, read_only=True) as work:
        events = read_events(work, list(TABLES.values()), access=city.access)
        files = read_batches(work).set_index("id")["file_name"]
    return {
        trap: events[table]
        .assign(file=events[table]["batch_id"].map(files))
        .merge(traps[traps["trap"] == trap][["file", "row"]], left_on=["file", "file_row"], right_on=["file", "row"])
        for trap, table in TABLES.items()
    }


def naive(training: TrainingSet, planted: pd.DataFrame) -> tuple[pd.DataFrame, Times]:
    """Return one flag column, "the firm has such a record", read on no day, and what is known of its times."""
    rows = training.rows[training.learnable]
    found = planted.groupby("enterprise_id")["known_on"].max()
    known = rows["enterprise_id"].map(found)
    own = set(planted["origin_loan"].dropna()) if "origin_loan" in planted else set()
    times = Times(
        known_on=known.to_frame("listed"),
        own_loan=rows["own_loan"].isin(own).to_frame("listed"),
        outcome_on=rows["default_on"],
    )
    return known.notna().astype(float).to_frame("listed"), times


def test_every_named_trap_is_tried() -> None:
    assert set(TABLES) == set(TRAPS)


@pytest.mark.parametrize("trap", TRAPS)
def test_each_trap_read_without_its_times_is_found(
    training: TrainingSet, trapped: dict[str, pd.DataFrame], trap: str
) -> None:
    rows = training.rows[training.learnable]
    X, times = naive(training, trapped[trap])

    found = find_leaks(
        X, rows["outcome"].eq(Outcome.DEFAULT), groups=rows["enterprise_id"], dates=rows["as_of"], times=times
    )

    wanted = "leak-own-loan" if trap == "pledged_for_this_loan" else "leak-known-later"
    assert wanted in {one.code for one in found}
    assert all(one.columns == ("listed",) and one.help for one in found)


def test_the_features_as_the_engine_reads_them_have_no_finding(training: TrainingSet) -> None:
    rows = training.rows[training.learnable]

    found = find_leaks(
        training.matrix[training.learnable],
        rows["outcome"].eq(Outcome.DEFAULT),
        groups=rows["enterprise_id"],
        dates=rows["as_of"],
    )

    assert found == []
