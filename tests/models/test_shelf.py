"""A model comes off the shelf exactly as it was put there, or not at all; a pointer names each card's champion."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import lightgbm as lgb
import numpy as np
import pytest

from data.spec.errors import Refusal
from models import Model, boosting, shelf
from models.card import Anchor, ModelCard, Purpose, card_of
from models.columns import Layout
from models.register import POINTER, Register
from models.shelf import CARD, MANIFEST, canonical, load, save, sealed

DAY = date(2026, 1, 1)
AT = datetime(2026, 1, 1, 9, tzinfo=UTC)


def purpose(model: Model, *, demonstration: bool = False) -> Purpose:
    return Purpose(
        card="application",
        label_definition="逾期超过九十天",
        horizon_months=18,
        as_of_days=(date(2024, 3, 31), date(2024, 6, 30)),
        fingerprints={name: f"print-{name}" for name in model.features},
        anchor=Anchor(population="演示", years="2020–2024", central_tendency=0.03, defaults=40, status="assumed"),
        demonstration=demonstration,
    )


@pytest.fixture(scope="session")
def card(model: Model) -> ModelCard:
    return card_of(model, purpose(model), name="app-1", created_on=DAY)


@pytest.fixture
def place(model: Model, card: ModelCard, tmp_path: Path) -> Path:
    save(model, card, tmp_path / "app-1")
    return tmp_path / "app-1"


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Hear of every text that reaches LightGBM."""
    texts: list[str] = []

    def heard(text: str) -> lgb.Booster:
        texts.append(text)
        return lgb.Booster(model_str=text)

    monkeypatch.setattr("models.fitted.read", heard)
    return texts


def test_what_was_saved_is_loaded(
    place: Path, model: Model, card: ModelCard, small: SimpleNamespace, built: list[str]
) -> None:
    found, its_card = load(place, fingerprints=card.purpose.fingerprints)
    read = sorted(built)

    assert (found, its_card) == (model, card)
    assert found.probability(small.X).equals(model.probability(small.X))
    assert found.interval(small.X).equals(model.interval(small.X))
    assert read == sorted(model.members + model.refits)


def test_the_same_model_and_card_have_the_same_seal(model: Model, card: ModelCard, tmp_path: Path) -> None:
    assert save(model, card, tmp_path / "a") == save(model, card, tmp_path / "b")


def test_the_card_says_what_a_validator_asks(card: ModelCard, model: Model) -> None:
    assert [one.name for one in card.features] == list(model.features)
    assert {one.name: one.direction for one in card.features if one.direction} == {"debt": 1, "sales": -1, "grade": 1}
    assert (card.rows, card.defaulted_firms) == (300, model.report.out_of_fold.defaulted_clusters)
    assert card.live_use
    assert set(card.libraries) == {"lightgbm", "numpy", "pandas"}
    assert ModelCard.model_validate_json(card.model_dump_json()) == card


def test_a_model_is_never_overwritten(place: Path, model: Model, card: ModelCard) -> None:
    with pytest.raises(Refusal) as refusal:
        save(model, card, place)

    assert refusal.value.code == "model-exists"


def test_a_save_that_fails_leaves_nothing(
    model: Model, card: ModelCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(shelf, "write_durably", full)

    with pytest.raises(OSError, match="no space"):
        save(model, card, tmp_path / "app-1")
    assert list(tmp_path.iterdir()) == []


def test_a_card_of_another_model_is_refused(model: Model, card: ModelCard, tmp_path: Path) -> None:
    turned = card.model_copy(update={"features": card.features[::-1]})

    with pytest.raises(Refusal, match="debt") as refusal:
        save(model, turned, tmp_path / "app-1")

    assert refusal.value.code == "feature-mismatch"


def test_a_changed_declaration_is_refused_by_name(place: Path, card: ModelCard) -> None:
    today = dict(card.purpose.fingerprints) | {"debt": "other"}
    del today["noise"]

    with pytest.raises(Refusal, match="debt、noise") as refusal:
        load(place, fingerprints=today)

    assert refusal.value.code == "feature-mismatch"


# One way to damage a file's bytes, given a source of chance.
Damage = Callable[[bytes, np.random.Generator], bytes]


def cut(content: bytes, draw: np.random.Generator) -> bytes:
    return content[: int(draw.integers(0, len(content)))]


def flip(content: bytes, draw: np.random.Generator) -> bytes:
    place, bit = int(draw.integers(0, len(content))), 1 << int(draw.integers(0, 8))
    return content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :]


def drop_line(content: bytes, draw: np.random.Generator) -> bytes:
    lines = content.splitlines(keepends=True)
    del lines[int(draw.integers(0, len(lines)))]
    return b"".join(lines)


def swap_lines(content: bytes, draw: np.random.Generator) -> bytes:
    lines = content.splitlines(keepends=True)
    first = int(draw.integers(0, len(lines) - 1))
    lines[first], lines[first + 1] = lines[first + 1] + b" ", lines[first]
    return b"".join(lines)


def replace_number(content: bytes, draw: np.random.Generator) -> bytes:
    digits = [place for place, byte in enumerate(content) if chr(byte).isdigit()]
    place = digits[int(draw.integers(0, len(digits)))]
    wrong = [b"-1", b"2147483648", b"18446744073709551616", b"nan", b"inf", b"1e400", b""]
    return content[:place] + wrong[int(draw.integers(0, len(wrong)))] + b"x" + content[place + 1 :]


def lengthen(content: bytes, draw: np.random.Generator) -> bytes:
    return content + content[-int(draw.integers(1, 50)) :]


@pytest.mark.parametrize("damage", [cut, flip, drop_line, swap_lines, replace_number, lengthen])
def test_no_damaged_file_reaches_lightgbm(place: Path, built: list[str], damage: Damage) -> None:
    draw = np.random.default_rng(0)
    contents = {path: path.read_bytes() for path in sorted(place.iterdir())}
    tried = 0
    for path, whole in contents.items():
        for _ in range(4):
            path.write_bytes(damage(whole, draw))
            tried += 1

            with pytest.raises(Refusal) as refusal:
                load(place)

            assert refusal.value.code == "model-damaged"
            assert "已损坏" in str(refusal.value)
        path.write_bytes(whole)

    # Ten files or so, six kinds of damage, four times each: over two hundred in all.
    assert tried == 4 * len(contents) >= 36
    assert built == []
    load(place)
    assert len(built) > 0


@pytest.mark.parametrize("name", [MANIFEST, CARD, "model.json", "member-00.txt", "refit-01.txt"])
def test_a_missing_file_is_damage(place: Path, built: list[str], name: str) -> None:
    (place / name).unlink()

    with pytest.raises(Refusal, match="已损坏"):
        load(place)
    assert built == []


def test_a_surplus_file_or_folder_is_damage(place: Path, built: list[str]) -> None:
    (place / "member-99.txt").write_text("tree")
    with pytest.raises(Refusal, match="member-99"):
        load(place)

    (place / "member-99.txt").unlink()
    (place / "folder").mkdir()
    with pytest.raises(Refusal, match="folder"):
        load(place)
    assert built == []


def rewritten(place: Path, model: Model, card: ModelCard, **changes: object) -> None:
    """Write a manifest that fits its files, so that only what stands inside is wrong."""
    contents = {name: text.encode() for name, text in (model.to_texts() | {CARD: card.model_dump_json()}).items()}
    manifest = shelf._manifest(contents, model)
    rest = {name: value for name, value in manifest.items() if name != "seal"} | changes
    for name, content in contents.items():
        (place / name).write_bytes(content)
    (place / MANIFEST).write_bytes(canonical(sealed(rest)))


def test_features_in_another_order_are_refused_before_lightgbm(
    place: Path, model: Model, card: ModelCard, built: list[str]
) -> None:
    turned = replace(model.head, layout=Layout(model.head.layout.columns[::-1]))

    for changed, changes in ((model, {"features": list(model.features[::-1])}), (replace(model, head=turned), {})):
        rewritten(place, changed, card, **changes)
        with pytest.raises(Refusal) as refusal:
            load(place)
        assert refusal.value.code == "feature-mismatch"
    assert built == []


def test_a_well_sealed_manifest_of_another_form_is_refused(
    place: Path, model: Model, card: ModelCard, built: list[str]
) -> None:
    for changes in ({"form": 2}, {"files": []}):
        rewritten(place, model, card, **changes)
        with pytest.raises(Refusal, match="已损坏"):
            load(place)
    assert built == []


@pytest.mark.parametrize("spoil", ["head", "refits", "columns"])
def test_parts_that_do_not_belong_together_are_refused(model: Model, spoil: str, built: list[str]) -> None:
    texts = model.to_texts()
    if spoil == "head":
        texts["model.json"] = "{}"
    if spoil == "refits":
        del texts["refit-00.txt"]
    if spoil == "columns":
        texts["member-00.txt"] = texts["member-00.txt"].replace("feature_names=f0 ", "feature_names=f1 ")

    with pytest.raises(Refusal) as refusal:
        Model.from_texts(texts)

    assert refusal.value.code == "model-damaged"
    assert built == []


def test_an_absent_model_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        load(tmp_path / "nothing")

    assert refusal.value.code == "model-unknown"


def test_a_text_read_back_is_the_text_that_was_grown(model: Model, small: SimpleNamespace) -> None:
    matrix, _ = model.encode(small.X)
    again = lgb.Booster(model_str=model.members[0]).model_to_string()

    assert np.array_equal(
        boosting.raw_log_odds(boosting.read(again), matrix), model.boosters[0].predict(matrix, raw_score=True)
    )


@pytest.mark.parametrize(
    ("demonstration", "on_demonstration", "defaulted", "code"),
    [
        (True, True, 50, None),
        (True, False, 50, "demonstration-model"),
        (False, False, 50, None),
        (False, False, 19, "model-not-live"),
        (False, True, 19, None),
    ],
)
def test_which_firms_a_model_may_judge(
    card: ModelCard, demonstration: bool, on_demonstration: bool, defaulted: int, code: str | None
) -> None:
    wanted = card.purpose.model_copy(update={"demonstration": demonstration})
    changed = card.model_copy(update={"purpose": wanted, "defaulted_firms": defaulted, "live_use": defaulted >= 20})

    if code is None:
        assert changed.check_usable(on_demonstration=on_demonstration) is None
        return
    with pytest.raises(Refusal) as refusal:
        changed.check_usable(on_demonstration=on_demonstration)
    assert refusal.value.code == code


@pytest.fixture
def register(tmp_path: Path, model: Model, card: ModelCard) -> Register:
    answer = Register(tmp_path / "shelf")
    for name in ("app-1", "app-2"):
        answer.shelve(model, card.model_copy(update={"name": name}))
    behaviour = card.purpose.model_copy(update={"card": "behaviour"})
    answer.shelve(model, card.model_copy(update={"name": "beh-1", "purpose": behaviour}))
    return answer


def test_a_champion_is_promoted_and_rolled_back(register: Register, model: Model) -> None:
    register.promote("application", "app-1", by="a", at=AT, reason="首个模型")
    register.promote("application", "app-2", by="b", at=AT, reason="更好")
    register.promote("behaviour", "beh-1", by="a", at=AT, reason="另一张卡")

    assert register.names() == ["app-1", "app-2", "beh-1"]
    assert register.champion("application").model == "app-2"
    assert register.roll_back("application").model == "app-1"
    assert register.champion("application").by == "a"
    assert register.champion("behaviour").model == "beh-1"
    assert register.load_champion("application")[0] == model


def test_without_a_promotion_or_a_predecessor_there_is_a_refusal(register: Register, tmp_path: Path) -> None:
    assert Register(tmp_path / "nowhere").names() == []
    with pytest.raises(Refusal, match="还没有启用"):
        register.champion("application")
    register.promote("application", "app-1", by="a", at=AT, reason="首个模型")
    with pytest.raises(Refusal, match="没有可退回"):
        register.roll_back("application")


def test_a_model_of_another_card_or_of_too_few_defaults_is_never_promoted(
    register: Register, model: Model, card: ModelCard
) -> None:
    few = {"name": "few-1", "defaulted_firms": 19, "live_use": False}
    register.shelve(model, card.model_copy(update=few))

    refused = {}
    for name, asked in (("beh-1", "application"), ("app-1", "behaviour"), ("few-1", "application")):
        with pytest.raises(Refusal) as refusal:
            register.promote(asked, name, by="a", at=AT, reason="")
        refused[name] = refusal.value.code

    assert refused == {"beh-1": "card-mismatch", "app-1": "card-mismatch", "few-1": "model-not-live"}
    assert not (register.root / POINTER).exists()


def test_only_a_whole_model_can_be_promoted(register: Register) -> None:
    (register.root / "app-1" / CARD).write_text("{}")

    for name in ("app-1", "app-3", "../app-2", ""):
        with pytest.raises(Refusal):
            register.promote("application", name, by="a", at=AT, reason="")
    assert not (register.root / POINTER).exists()


def test_a_pointer_changed_by_hand_is_damage(register: Register) -> None:
    register.promote("application", "app-1", by="a", at=AT, reason="首个模型")
    pointer = register.root / POINTER

    pointer.write_text(pointer.read_text("utf-8").replace("app-1", "app-2"), "utf-8")

    with pytest.raises(Refusal) as refusal:
        register.champion("application")
    assert refusal.value.code == "model-damaged"


def test_a_champion_replaced_on_disk_does_not_answer(register: Register, model: Model, card: ModelCard) -> None:
    register.promote("application", "app-1", by="a", at=AT, reason="首个模型")
    (register.root / "app-1").rename(register.root / ".gone")
    save(model, card.model_copy(update={"created_on": date(2026, 2, 2)}), register.root / "app-1")

    with pytest.raises(Refusal, match="已不是当初启用的版本"):
        register.load_champion("application")


def test_a_pointer_without_cards_is_refused(register: Register) -> None:
    (register.root / POINTER).write_bytes(canonical(sealed({"cards": []})))

    with pytest.raises(Refusal, match="格式不认识"):
        register.champion("application")


def test_the_manifest_names_every_file(place: Path) -> None:
    manifest = json.loads((place / MANIFEST).read_text("utf-8"))

    assert set(manifest["files"]) == {path.name for path in place.iterdir()} - {MANIFEST}


def test_a_card_that_no_card_is_is_damage_though_its_hash_is_right(place: Path, model: Model, built: list[str]) -> None:
    contents = {name: text.encode() for name, text in model.to_texts().items()} | {CARD: b"{}"}
    (place / CARD).write_bytes(b"{}")
    (place / MANIFEST).write_bytes(canonical(shelf._manifest(contents, model)))

    with pytest.raises(Refusal, match="模型卡无法读取"):
        load(place)
    assert built == []


def test_a_manifest_with_one_blank_more_is_damage(place: Path) -> None:
    manifest = place / MANIFEST
    manifest.write_bytes(manifest.read_bytes() + b"\n")

    with pytest.raises(Refusal, match="被改动"):
        load(place)


def test_a_manifest_whose_seal_is_another_s_is_damage(place: Path) -> None:
    manifest = json.loads((place / MANIFEST).read_text("utf-8"))
    (place / MANIFEST).write_bytes(canonical(manifest | {"features": []}))

    with pytest.raises(Refusal, match="校验值不符"):
        load(place)
