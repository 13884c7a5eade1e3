"""A card's model is compared with simpler scores on the store's own rows, and nothing is kept."""

from datetime import date
from pathlib import Path

import pytest

from data.spec.progress import Silent
from models import candidates, comparison, splits
from models.candidates import OFFICIAL, baseline_of, compare_card, official_points
from models.refusals import ModelDamaged
from models.register import Register
from models.retraining import NothingToLearn, Order, build_training_set, learn
from models.uncertainty import FIGURES
from tests.e2e.town import AT, TODAY, City

ORDER = Order(card="application", as_of=TODAY, demonstration=True)


def test_a_card_is_compared_with_the_official_points_and_nothing_is_shelved(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One later window in two folds: whether more would be steadier is no question of this test.
    monkeypatch.setattr(comparison, "FOLDS", 2)
    monkeypatch.setattr(splits, "WINDOWS", (1 / 2,))
    shelved = city.shelf.register.names()

    with city.store.work(at=AT, read_only=True) as work:
        found = compare_card(work, ORDER, access=city.access, progress=Silent())

    table = found.comparison.table
    assert list(table.index) == [OFFICIAL, "single best column", "logistic", "woe scorecard", "lightgbm"]
    assert found.comparison.out_of_time
    assert found.comparison.recommended in table.index
    assert table[list(FIGURES)].notna().all(axis=None)
    assert len(found.features) <= max(1, city.report.defaults // 10)
    assert city.shelf.register.names() == shelved


def test_a_book_too_small_to_train_on_is_compared_and_the_simpler_one_is_taken(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "FOLDS", 2)
    monkeypatch.setattr(comparison, "REPEATS", 1)
    early = Order(card="application", as_of=date(2020, 1, 1), demonstration=True)

    with city.store.work(at=AT, read_only=True) as work:
        found = compare_card(work, early, access=city.access, progress=Silent())
        with pytest.raises(NothingToLearn, match="8家") as refusal:
            learn(work, early, access=city.access, progress=Silent())

    assert refusal.value.code == "nothing-to-learn"
    assert found.comparison.recommended != "lightgbm"
    assert "只有 8 家，不足 20 家" in found.comparison.reason
    assert len(found.features) == 1


def test_a_scorecard_is_kept_beside_a_model_and_asked_by_every_answer(city: City, tmp_path: Path) -> None:
    name, model, card = city.shelf.champion("application") or pytest.fail("nobody answers")
    register = Register(tmp_path)
    register.shelve(model, card)

    with city.store.work(at=AT, read_only=True) as work:
        scorecard = baseline_of(work, ORDER, model.features, access=city.access, progress=Silent())
    before, _ = register.baseline(name), register.keep_baseline(name, scorecard)
    kept = register.baseline(name)

    assert before is None
    assert kept == scorecard
    assert kept.features == model.features
    assert kept.digest == scorecard.digest


def test_a_scorecard_that_was_changed_or_stands_beside_another_model_is_refused(city: City, tmp_path: Path) -> None:
    name, model, card = city.shelf.champion("application") or pytest.fail("nobody answers")
    register = Register(tmp_path)
    register.shelve(model, card)
    with city.store.work(at=AT, read_only=True) as work:
        scorecard = baseline_of(work, ORDER, model.features, access=city.access, progress=Silent())
    register.keep_baseline(name, scorecard)
    path = tmp_path / f"{name}.woe.json"
    whole = path.read_bytes()

    path.write_bytes(whole.replace(b'"intercept": -', b'"intercept": '))
    with pytest.raises(ModelDamaged):
        register.baseline(name)
    path.write_bytes(whole)
    other = card.model_copy(update={"name": "another"})
    register.shelve(model, other)
    (tmp_path / "another.woe.json").write_bytes(whole)
    with pytest.raises(ModelDamaged, match="不属于"):
        register.baseline("another")


def test_columns_are_chosen_before_the_first_row_that_is_judged(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    class Asked(Exception):
        """Stop where the columns are chosen."""

    def stop(training: object, *, seed: int, progress: object, later_share: float) -> None:
        raise Asked(later_share)

    monkeypatch.setattr(candidates, "choose", stop)
    with city.store.work(at=AT, read_only=True) as work, pytest.raises(Asked) as asked:
        compare_card(work, ORDER, access=city.access, progress=Silent())

    assert asked.value.args == (1 - splits.WINDOWS[0],)


def test_official_points_are_those_of_the_card_and_differ_between_firms(city: City) -> None:
    with city.store.work(at=AT, read_only=True) as work:
        training = build_training_set(work, card="application", as_of=TODAY, access=city.access, progress=Silent())
        points = official_points(work, training.rows, access=city.access)

    assert points.index.equals(training.rows.index)
    assert points.between(0, 100).all()
    assert points.nunique() > 5
