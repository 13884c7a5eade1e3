"""Models are told from their cards: which answers, how good it was with what uncertainty, on which scale."""

from datetime import timedelta
from itertools import pairwise

import pytest

from models.card import ModelCard
from models.fitted import Model
from models.register import Register
from tests.scoring.conftest import NOW, Town

Trained = tuple[Model, ModelCard]


def test_an_empty_shelf_lists_none(town: Town) -> None:
    assert town.ask("GET", "/v1/models").json() == {"models": []}


def test_a_model_is_told_as_its_card_has_it(town: Town, shelved: str, trained: Trained) -> None:
    card, metrics = trained[1], trained[1].report.out_of_fold

    (listed,) = town.ask("GET", "/v1/models").json()["models"]
    read = town.ask("GET", f"/v1/models/{shelved}").json()

    assert read == listed
    assert (read["id"], read["status"], read["card"], read["horizon_months"]) == (
        shelved,
        "champion",
        "application",
        18,
    )
    assert (read["demonstration"], read["trained_on"]) == (True, "2026-01-01")
    assert read["features"] == [one.name for one in card.features]
    (measured,) = read["measured"]
    figures = {one["name"]: one for one in measured["figures"]}
    assert (figures["auc"]["value"], figures["auc"]["low"], figures["auc"]["high"]) == (
        metrics.auc,
        metrics.auc_low,
        metrics.auc_high,
    )
    slope = figures["calibration_slope"]
    assert (slope["value"], slope["low"], slope["high"]) == (
        metrics.calibration_slope,
        metrics.calibration_slope_low,
        metrics.calibration_slope_high,
    )
    assert slope["low"] < slope["value"] < slope["high"]
    assert figures["calibration_intercept"]["low"] is None


def test_the_master_scale_leaves_no_gap(town: Town, shelved: str) -> None:
    grades = town.ask("GET", f"/v1/models/{shelved}").json()["grades"]

    assert grades[0]["pd_from"] == 0
    assert grades[-1]["pd_below"] >= 1
    assert all(one["pd_below"] == other["pd_from"] for one, other in pairwise(grades))


def test_champion_retired_and_shelved_are_told_apart(town: Town, shelved: str, trained: Trained) -> None:
    register = Register(town.settings.shelf)
    model, card = trained
    for name in ("m-2", "m-3"):
        register.shelve(model, card.model_copy(update={"name": name}))
    register.promote("application", "m-2", by="test", at=NOW + timedelta(days=1), reason="test")

    statuses = {one["id"]: one["status"] for one in town.ask("GET", "/v1/models").json()["models"]}
    register.roll_back("application")
    after = {one["id"]: one["status"] for one in town.ask("GET", "/v1/models").json()["models"]}

    assert statuses == {shelved: "retired", "m-2": "champion", "m-3": "shelved"}
    assert after == {shelved: "champion", "m-2": "shelved", "m-3": "shelved"}


def test_no_tree_is_built_for_a_card(town: Town, shelved: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def built(*_: object) -> None:
        raise AssertionError("a booster was read")

    monkeypatch.setattr("models.fitted.read", built)

    assert town.ask("GET", f"/v1/models/{shelved}").status_code == 200


def test_a_changed_file_is_never_told_as_whole(town: Town, shelved: str) -> None:
    path = town.settings.shelf / shelved / "card.json"
    path.write_text(path.read_text(encoding="utf-8").replace("0.", "1.", 1), encoding="utf-8")

    read = town.ask("GET", f"/v1/models/{shelved}")

    assert (read.status_code, read.json()["code"]) == (503, "service-unready")
    assert town.ask("GET", "/v1/models").json() == {"models": []}


@pytest.mark.parametrize(("name", "status"), [("none", 404), ("..", 404), ("%2e%2e%2fetc", 404), (".hidden", 422)])
def test_no_name_leads_out_of_the_shelf(town: Town, shelved: str, name: str, status: int) -> None:
    assert town.ask("GET", f"/v1/models/{name}").status_code == status
