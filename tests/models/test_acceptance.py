"""A model with a gap needs two people's written word before it may answer; the book cannot be changed by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data.spec.errors import Refusal
from models.acceptance import BOOK, Acceptances, AcceptanceUnfounded, SegmentGapUnaccepted
from models.card import ModelCard, Purpose, card_of
from models.findings import Finding
from models.fitted import Model
from models.refusals import ModelDamaged

AT = datetime(2026, 1, 2, tzinfo=UTC)
SEAL = "a" * 64


@pytest.fixture
def card(model: Model) -> ModelCard:
    gap = Finding("segment-gap", "warning", "区县“甲”：违约 9 次，预期 3.0 次。")
    marked = replace(model, head=replace(model.head, findings=(*model.findings, gap)))
    purpose = Purpose(card="application", label_definition="逾期超过90天", horizon_months=18, demonstration=False)
    return card_of(marked, purpose, name="made-up", created_on=date(2026, 1, 1))


def test_two_people_open_the_way_and_one_does_not(card: ModelCard, tmp_path: Path) -> None:
    book = Acceptances(tmp_path)

    with pytest.raises(SegmentGapUnaccepted, match="区县“甲”"):
        book.check(card, SEAL, wanted=2)
    book.accept(card, SEAL, by="甲", at=AT, reason="样本少，已复核")
    with pytest.raises(SegmentGapUnaccepted, match="已书面接受 1 人"):
        book.check(card, SEAL, wanted=2)
    book.accept(card, SEAL, by="乙", at=AT, reason="同意")

    book.check(card, SEAL, wanted=2)
    assert [(one.by, one.reason) for one in book.of(SEAL)] == [("甲", "样本少，已复核"), ("乙", "同意")]


def test_an_acceptance_is_of_one_exact_model(card: ModelCard, tmp_path: Path) -> None:
    book = Acceptances(tmp_path)
    for person in ("甲", "乙"):
        book.accept(card, SEAL, by=person, at=AT, reason="同意")

    with pytest.raises(SegmentGapUnaccepted):
        book.check(card, "b" * 64, wanted=2)


@pytest.mark.parametrize(("by", "reason"), [("甲 ", "再次"), ("", "理由"), ("乙", " ")])
def test_the_same_person_and_empty_words_do_not_count(card: ModelCard, tmp_path: Path, by: str, reason: str) -> None:
    book = Acceptances(tmp_path)
    book.accept(card, SEAL, by="甲", at=AT, reason="同意")

    with pytest.raises(AcceptanceUnfounded):
        book.accept(card, SEAL, by=by, at=AT, reason=reason)

    assert len(book.of(SEAL)) == 1


def test_a_model_without_a_gap_needs_nothing_and_takes_nothing(card: ModelCard, tmp_path: Path) -> None:
    sound = card.model_copy(update={"findings": ()})

    Acceptances(tmp_path).check(sound, SEAL, wanted=2)
    with pytest.raises(AcceptanceUnfounded, match="无须接受"):
        Acceptances(tmp_path).accept(sound, SEAL, by="甲", at=AT, reason="同意")


def test_a_book_changed_by_hand_is_damage(card: ModelCard, tmp_path: Path) -> None:
    book = Acceptances(tmp_path)
    book.accept(card, SEAL, by="甲", at=AT, reason="同意")
    path = tmp_path / BOOK
    path.write_text(path.read_text("utf-8").replace("甲", "丙"), "utf-8")

    with pytest.raises(ModelDamaged):
        book.of(SEAL)


def test_refusals_say_what_would_help(card: ModelCard, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        Acceptances(tmp_path).check(card, SEAL, wanted=2)

    assert refusal.value.code == "segment-gap-unaccepted"
    assert "lukeping accept" in refusal.value.help
