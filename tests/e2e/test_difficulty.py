"""On the whole city a card ranks as well as promised and no better, its interval covers, and its grades are not full.

What the city hides is read here and nowhere else: each firm's true PD, and what refused and never-applied firms did.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.intake import load_folder
from data.spec.access import Access, Purpose, bureau_access
from data.spec.progress import Silent
from data.spec.versions import latest_known
from data.store import Store
from data.store.reads import read_enterprises, read_events
from data.zibo import write_city
from features.engine import compute
from models.grades import concentration
from models.measures import auc, auc_interval
from models.retraining import Trained, TrainingSet, build_training_set, fit_card, tables_of
from risk.grade import read_master_scale
from tests.e2e.oracle import typical
from tests.e2e.town import AT, TODAY, derive_all

pytestmark = pytest.mark.deep

CARDS = ("application", "behaviour")
HORIZON = pd.DateOffset(months=18)


@dataclass(frozen=True)
class Whole:
    """Hold the whole city: its store, its hidden truth, and one training a card."""

    store: Store
    folder: Path
    learned: Callable[[str], tuple[TrainingSet, Trained]]

    @property
    def access(self) -> Access:
        return bureau_access("test", at=AT, purpose=Purpose.TRAINING)

    def truth(self, name: str) -> pd.DataFrame:
        """Return a table of the truth with the enterprise's number."""
        frame = pd.read_csv(self.folder / "truth" / f"{name}.csv")
        with self.store.work(at=AT, read_only=True) as work:
            numbers = read_enterprises(work, access=self.access).drop_duplicates("value").set_index("value")
        return frame.assign(enterprise_id=frame["code"].map(numbers["enterprise_id"]))

    def true_pd(self, training: TrainingSet) -> pd.Series:
        """Return the true PD of each row; NaN where the city has none."""
        if training.card == "application":
            known = self.truth("applications").set_index("application_no")["pd_18m"]
            return training.rows["own_loan"].map(known).astype(float)
        known = self.truth("pd").assign(as_of=lambda rows: pd.to_datetime(rows["quarter_end"]).astype("datetime64[s]"))
        keys = ["enterprise_id", "as_of"]
        met = training.rows[keys].merge(known.drop_duplicates(keys)[[*keys, "pd_12m"]], on=keys, how="left")
        return pd.Series(met["pd_12m"].to_numpy(), training.rows.index)

    def applications(self) -> pd.DataFrame:
        """Return every application with its day."""
        with self.store.work(at=AT, read_only=True) as work:
            rows = read_events(work, ["loan_application"], access=self.access)["loan_application"]
        return latest_known(rows, pd.Timestamp(TODAY).as_unit("s"))[["enterprise_id", "application_no", "applied_on"]]

    def matrix(self, trained: Trained, spine: pd.DataFrame) -> pd.DataFrame:
        """Return the model's columns for any rows."""
        with self.store.work(at=AT, read_only=True) as work:
            events = read_events(work, list(tables_of(trained.features)), access=self.access)
        return compute(trained.features, events, spine)[list(trained.model.features)]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    folder = tmp_path_factory.mktemp("whole-city")
    write_city(folder, progress=Silent())
    store = Store.create(f"sqlite:///{folder}/store.db", at=AT, demonstration_today=TODAY)
    load_folder(store, folder / "lists", at=AT, actor="test", progress=Silent())
    derive_all(store)
    access = bureau_access("test", at=AT, purpose=Purpose.TRAINING)

    @cache
    def learned(card: str) -> tuple[TrainingSet, Trained]:
        with store.work(at=AT, read_only=True) as work:
            training = build_training_set(work, card=card, as_of=TODAY, access=access, progress=Silent())
        return training, fit_card(training, seed=0, progress=Silent())

    yield Whole(store, folder, learned)
    store.close()


@pytest.mark.parametrize("card", CARDS)
def test_a_card_ranks_within_the_promised_range(card: str, city: Whole, figure: Callable[[str, float], None]) -> None:
    trained = city.learned(card)[1]
    pooled, later = trained.model.report.out_of_fold, trained.model.report.out_of_time

    assert later is not None
    figure(f"{card}_auc_out_of_fold", pooled.auc)
    figure(f"{card}_auc_out_of_time", later.metrics.auc)
    figure(f"{card}_calibration_slope_out_of_time", later.metrics.calibration_slope)
    assert 0.75 <= pooled.auc <= 0.85
    assert later.metrics.auc_low <= 0.85
    assert later.metrics.auc_high >= 0.75
    assert len(trained.features) <= pooled.defaulted_clusters / 10


def test_the_interval_holds_the_true_pd_of_such_firms(city: Whole, figure: Callable[[str, float], None]) -> None:
    # One training errs for all its firms together, so that its own coverage scatters: the level is held on average.
    found = [coverage(card, city, figure) for card in CARDS]

    assert 0.75 <= np.mean([of_such for of_such, _ in found]) <= 0.85
    assert all(0.65 <= of_such <= 0.92 for of_such, _ in found)
    assert all(of_single < of_such for of_such, of_single in found)


def coverage(card: str, city: Whole, figure: Callable[[str, float], None]) -> tuple[float, float]:
    """Return how often the interval holds the true PD of firms with the same features, and a single firm's own."""
    training, trained = city.learned(card)
    true = city.true_pd(training)
    chosen = training.learnable & true.notna()
    X, own = training.matrix.loc[chosen, list(trained.model.features)], true[chosen]
    bounds = trained.model.interval(X)

    such = typical(X, own, training.rows.loc[chosen, "enterprise_id"])
    covered, single = (float(((bounds["pd_low"] <= one) & (one <= bounds["pd_high"])).mean()) for one in (such, own))

    figure(f"{card}_interval_coverage", covered)
    figure(f"{card}_interval_coverage_of_single_firms", single)
    assert chosen.sum() > 0.9 * training.learnable.sum()
    return covered, single


@pytest.mark.parametrize("card", CARDS)
def test_no_grade_holds_more_than_three_in_ten_borrowers(
    card: str, city: Whole, figure: Callable[[str, float], None]
) -> None:
    training, trained = city.learned(card)
    last = training.rows.sort_values("as_of").drop_duplicates("enterprise_id", keep="last").index
    probability = trained.model.probability(training.matrix.loc[last, list(trained.model.features)]).to_numpy()
    scale = read_master_scale(TODAY)
    below, codes = [grade.below for grade in scale], [grade.code for grade in scale]

    places = np.searchsorted(below, probability, side="right")
    figure(f"{card}_largest_grade_share", float(np.bincount(places).max() / len(places)))
    assert concentration(probability, below, codes) == ()


@pytest.mark.parametrize("card", CARDS)
def test_no_segment_of_the_city_lies_outside_its_bounds(card: str, city: Whole) -> None:
    assert [one.message for one in city.learned(card)[1].model.findings if one.code == "segment-gap"] == []


def test_approved_firms_are_ranked_and_their_pd_is_near_the_truth(
    city: Whole, figure: Callable[[str, float], None]
) -> None:
    training, trained = city.learned("application")
    truth = city.truth("applications").set_index("application_no")
    own_loan = training.rows.loc[trained.held_out.index, "own_loan"]

    would, true = (own_loan.map(truth[name]).to_numpy(dtype=float) for name in ("would_default", "pd_18m"))
    ratio = float(true.mean() / trained.held_out.mean())

    figure("approved_auc", auc(would, trained.held_out.to_numpy()))
    figure("approved_true_over_predicted", ratio)
    assert 0.75 <= auc(would, trained.held_out.to_numpy()) <= 0.85
    assert 0.8 <= ratio <= 1.25


def test_refused_firms_are_ranked_and_are_worse_than_they_look(
    city: Whole, figure: Callable[[str, float], None]
) -> None:
    _, trained = city.learned("application")
    truth = city.truth("applications")
    rows = city.applications().merge(truth[truth["decision"] == "refused"], on=["application_no", "enterprise_id"])
    spine = rows.rename(columns={"applied_on": "as_of", "application_no": "own_loan"})

    probability = trained.model.probability(city.matrix(trained, spine[["enterprise_id", "as_of", "own_loan"]]))
    would, given = rows["would_default"].to_numpy(dtype=float), probability.to_numpy()
    firms = pd.factorize(rows["enterprise_id"])[0].astype(np.int64)
    ratio = float(rows["pd_18m"].mean() / given.mean())

    figure("refused_auc", auc(would, given))
    figure("refused_true_over_predicted", ratio)
    assert len(rows) > 500
    assert auc_interval(would, given, firms)[0] > 0.5
    # Banks saw what no list shows: the lists alone make refused firms look better than they are. Said, not corrected.
    assert ratio > 1.25


def test_firms_that_never_applied_are_ranked_too(city: Whole, figure: Callable[[str, float], None]) -> None:
    _, trained = city.learned("application")
    day = pd.Timestamp("2024-06-30").as_unit("s")
    people = city.truth("identities").dropna(subset=["enterprise_id"])
    failed = pd.to_datetime(people["failed_on"])
    alive = ~(failed < day) & ~people["enterprise_id"].isin(city.applications()["enterprise_id"])
    chosen = people[alive].drop_duplicates("enterprise_id")
    spine = pd.DataFrame({"enterprise_id": chosen["enterprise_id"].astype("int64"), "as_of": day, "own_loan": None})

    X = city.matrix(trained, spine.reset_index(drop=True))
    known = X.notna().mean(axis=1).to_numpy() >= 0.5
    bad = (failed[chosen.index] < day + HORIZON).to_numpy()
    ranked = auc(bad[known].astype(float), trained.model.probability(X).to_numpy()[known])

    figure("never_applied_auc_of_failure", ranked)
    figure("never_applied_firms", float(known.sum()))
    assert bad[known].sum() >= 20
    assert ranked > 0.6
