"""A template with a gap too few or too many, or with a cause in it, never reaches a reader."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from data.spec.dated import load_strict
from features.catalogue import FEATURES
from risk.levers import LEVERS
from risk.readers import Audience, Language
from risk.receipt import POLICIES
from risk.wording import (
    CAUSAL,
    FOLDER,
    Changes,
    Facts,
    Frames,
    Specific,
    WordingUnfit,
    parse,
    read_changes,
    read_facts,
    read_frames,
    read_specific,
    sentence_files,
)


def document(name: str, language: Language = Language.ZH) -> Any:
    return copy.deepcopy(load_strict((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))[language])


@pytest.mark.parametrize("language", list(Language))
def test_every_file_of_sentences_is_whole(language: Language) -> None:
    for audience in Audience:
        assert read_frames(audience, language)
    assert read_facts(language)
    assert read_changes(language)
    assert set(read_specific(language)) <= set(FEATURES)


def without_points(told: Any) -> None:
    told["against"] = told["against"].replace("{points}", "")


def with_a_surplus_gap(told: Any) -> None:
    told["neutral"] += "{firm}"


def with_an_open_brace(told: Any) -> None:
    told["neutral"] += "{"


def without_a_missing_reason(told: Any) -> None:
    del told["missing"]["late"]


def with_a_line_of_its_own(told: Any) -> None:
    told["shout"] = "！"


@pytest.mark.parametrize(
    "plant",
    [without_points, with_a_surplus_gap, with_an_open_brace, without_a_missing_reason, with_a_line_of_its_own],
    ids=lambda plant: plant.__name__,
)
def test_a_planted_fault_is_refused(plant: Callable[[Any], None]) -> None:
    told = document("bank")
    plant(told)

    with pytest.raises(WordingUnfit):
        parse(Frames, told, Language.ZH)


@pytest.mark.parametrize(("language", "word"), [(language, word) for language in Language for word in CAUSAL[language]])
def test_a_word_of_cause_is_refused_in_every_file(language: Language, word: str) -> None:
    for name, form, place in (("bank", Frames, "against"), ("changes", Changes, "moved")):
        told = document(name, language)
        told[place] += word
        with pytest.raises(WordingUnfit, match="因果"):
            parse(form, told, language)
    facts = document("facts", language)
    facts["claims"]["against"] += word
    with pytest.raises(WordingUnfit, match="因果"):
        parse(Facts, facts, language)
    with pytest.raises(WordingUnfit, match="因果"):
        parse(Specific, {"high": word}, language)


def test_every_lever_has_its_words_and_no_others() -> None:
    for language in Language:
        assert set(read_changes(language).levers) == {lever.name for lever in LEVERS}


def test_a_receipt_covers_every_file_of_sentences() -> None:
    assert {f"sentences/{path.name}" for path in FOLDER.iterdir()} == set(sentence_files())
    assert set(sentence_files()) <= set(POLICIES)


def test_no_file_of_sentences_is_longer_than_400_lines() -> None:
    assert all(len(path.read_text(encoding="utf-8").splitlines()) <= 400 for path in FOLDER.iterdir())
