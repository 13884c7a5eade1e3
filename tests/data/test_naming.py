"""Is a name given to the one enterprise that bore it on the row's day, and to none where that is not certain?"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz, process

from data.intake import naming
from data.intake.identity import CONTRADICTED, OF_NOBODY, Decided, NamesKnown, match_enterprises
from data.intake.name_words import core, normalise_name, told_names
from data.intake.naming import NOBODY, Asked, Basis, Bearing, Found, NameBook, asked_of
from data.intake.resemblance import Resemblance, Why

UNKNOWN = "1900-01-01"
ALPHABET = "淄博山东省市甲乙丙有限责任股份公司（）()【】·。 　ＡAaßﬁ①々가\u200b\u0301"


def names(*rows: tuple[int, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["enterprise_id", "name", "since"])
    since = pd.to_datetime(frame["since"]).astype("datetime64[s]")
    return frame.assign(since=since, normalised=[normalise_name(name) for name in frame["name"]])


def lives(rows: Mapping[int, tuple[str | None, str | None]]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "founded_on": {key: row[0] for key, row in rows.items()},
            "deregistered_on": {key: row[1] for key, row in rows.items()},
        },
        dtype=object,
    )
    return frame.astype("datetime64[s]").rename_axis("enterprise_id").reset_index()


def day(text: str | None) -> int | None:
    return None if text is None else int(np.datetime64(text, "D").astype("int64"))


def ask(
    told: pd.DataFrame,
    *cells: str,
    known: str | None = "2021-01-01",
    happened: str | None = None,
    of: Mapping[int, tuple[str | None, str | None]] | None = None,
    holders: frozenset[int] | None = None,
) -> tuple[int, str]:
    asked = asked_of(*cells, known=day(known), happened=day(happened), holders=holders)
    book = NameBook(told, lives(of or {}), asked={normalise_name(name) for name in asked.names})
    found = book.find(asked)
    return found.enterprise_id, found.code or str(found.basis)


@pytest.mark.parametrize(
    ("said", "alike"),
    [
        ("淄博甲（集团）有限公司", "淄博甲【集团】有限责任公司"),
        ("淄博甲有限公司", "山东省淄博市甲有限公司"),
        ("山东甲有限公司", "山东省甲有限公司"),
        ("山东甲股份有限公司", "山东甲股份公司"),
        ("淄博甲·乙有限公司", "淄博 甲乙有限公司。"),
        ("ＡＢＣ有限公司", "abc有限公司\ufeff"),
    ],
)
def test_ways_of_writing_one_name_are_alike(said: str, alike: str) -> None:
    assert normalise_name(said) == normalise_name(alike)


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ("淄博甲有限公司", "山东甲有限公司"),
        ("淄博甲有限公司", "甲有限公司"),
        ("淄博甲有限公司", "淄博甲股份有限公司"),
        ("淄博甲有限公司", "淄博申有限公司"),
    ],
)
def test_other_enterprises_stay_others(said: str, other: str) -> None:
    assert normalise_name(said) != normalise_name(other)


@given(st.text(st.sampled_from(ALPHABET)) | st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise_name(text)

    assert normalise_name(once) == once
    assert core(once) or not once


@pytest.mark.parametrize(
    "cell", ["甲有限公司（原乙有限公司）", "甲有限公司(曾用名：乙有限公司)", "甲有限公司【更名前：乙有限公司】"]
)
def test_a_former_name_told_aside_is_heard(cell: str) -> None:
    assert told_names(cell) == ("甲有限公司", "乙有限公司")


def test_exact_then_normalised_then_former() -> None:
    told = names((1, "甲有限公司", "2018-01-01"), (1, "乙有限公司", "2020-01-01"), (2, "丙有限责任公司", "2018-01-01"))

    assert ask(told, "乙有限公司") == (1, "exact")
    assert ask(told, "乙 有限公司") == (1, "normalised")
    assert ask(told, "丙有限公司") == (2, "normalised")
    assert ask(told, "甲有限公司") == (1, "former")
    assert ask(told, "甲有限公司", known="2019-01-01") == (1, "exact")
    assert ask(told, "丁有限公司") == (NOBODY, "name-unmatched")


def test_of_two_written_almost_alike_the_exact_one_is_meant() -> None:
    told = names((1, "甲有限公司", "2018-01-01"), (2, "甲有限责任公司", "2018-01-01"))

    assert ask(told, "甲有限公司") == (1, "exact")
    assert ask(told, "甲 有限公司") == (NOBODY, "name-ambiguous")


def test_two_of_one_name_at_once_are_not_guessed() -> None:
    told = names((1, "甲有限公司", "2018-01-01"), (2, "甲有限公司", "2018-01-01"))

    assert ask(told, "甲有限公司") == (NOBODY, "name-ambiguous")


PASSED_ON = names((1, "甲有限公司", "2015-01-01"), (1, "乙有限公司", "2018-01-01"), (2, "甲有限公司", "2020-01-01"))


@pytest.mark.parametrize(
    ("known", "happened", "expected"),
    [
        ("2017-12-31", None, (1, "exact")),
        ("2018-01-01", None, (NOBODY, "name-ambiguous")),
        ("2019-12-31", None, (NOBODY, "name-ambiguous")),
        ("2020-01-01", None, (2, "exact")),
        ("2020-06-01", "2020-03-01", (2, "exact")),
        ("2020-06-01", "2017-06-01", (NOBODY, "name-ambiguous")),
        (None, None, (NOBODY, "name-ambiguous")),
    ],
)
def test_a_name_that_passed_on_is_parted_by_the_rows_days(
    known: str | None, happened: str | None, expected: tuple[int, str]
) -> None:
    assert ask(PASSED_ON, "甲有限公司", known=known, happened=happened) == expected


REUSED = names((1, "甲有限公司", "2017-01-05"), (2, "甲有限公司", "2021-03-01"))
LIVES = {1: ("2010-05-01", "2020-06-01"), 2: ("2021-02-20", None)}


@pytest.mark.parametrize(
    ("known", "happened", "expected"),
    [
        ("2012-01-01", None, (1, "exact")),
        ("2020-05-31", None, (1, "exact")),
        ("2020-12-01", "2020-05-01", (1, "exact")),
        ("2021-06-01", "2020-05-01", (1, "exact")),
        ("2021-06-01", "2021-05-01", (2, "exact")),
        ("2021-02-25", None, (2, "exact")),
        ("2020-12-01", None, (NOBODY, "name-out-of-time")),
        ("2020-06-01", None, (NOBODY, "name-out-of-time")),
        ("2009-01-01", None, (NOBODY, "name-out-of-time")),
    ],
)
def test_a_dead_firms_name_taken_by_a_new_one_is_parted_by_the_rows_days(
    known: str, happened: str | None, expected: tuple[int, str]
) -> None:
    assert ask(REUSED, "甲有限公司", known=known, happened=happened, of=LIVES) == expected


def test_an_amendment_is_parted_by_its_record_and_not_by_its_day() -> None:
    given = {"known": "2021-06-01", "of": LIVES}

    assert ask(REUSED, "甲有限公司", holders=frozenset({1}), **given) == (1, "former")  # type: ignore[arg-type] # as said
    assert ask(REUSED, "甲有限公司", holders=frozenset({2}), **given) == (2, "exact")  # type: ignore[arg-type] # as said
    assert ask(REUSED, "甲有限公司", holders=frozenset(), **given) == (NOBODY, "name-ambiguous")  # type: ignore[arg-type] # as said


def test_a_name_whose_only_bearer_is_gone_waits_and_says_so() -> None:
    told, of = names((1, "甲有限公司", "2017-01-05")), {1: ("2010-05-01", "2020-06-01")}
    found = NameBook(told, lives(of), asked={"甲有限公司"}).find(asked_of("甲有限公司", known=day("2021-01-01")))

    assert found.code == "name-out-of-time"
    assert "已经注销" in found.message
    assert [one.enterprise_id for one in found.bearers] == [1]


def test_a_former_name_without_its_days_yields_to_who_certainly_bore_it() -> None:
    told = names((1, "甲有限公司", "2017-01-05"), (2, "甲有限公司", UNKNOWN), (2, "乙有限公司", "2020-01-01"))
    of = {1: ("2012-01-01", "2019-06-01"), 2: ("2011-01-01", None)}

    assert ask(told, "甲有限公司", known="2018-01-01", of=of) == (1, "exact")
    assert ask(told, "甲有限公司", known="2011-06-01", of=of) == (2, "exact")
    assert ask(told, "甲有限公司", known="2022-01-01", of=of) == (NOBODY, "name-ambiguous")


def test_names_that_go_round_in_a_ring_are_parted_by_days() -> None:
    ring = names(
        *(
            (1, name, since)
            for name, since in (("甲公司", "2015-01-01"), ("乙公司", "2018-01-01"), ("甲公司", "2020-01-01"))
        ),
        *(
            (2, name, since)
            for name, since in (("乙公司", "2015-01-01"), ("甲公司", "2018-01-01"), ("乙公司", "2020-01-01"))
        ),
    )

    found = [
        (ask(ring, "甲公司", known=f"{year}-06-01"), ask(ring, "乙公司", known=f"{year}-06-01"))
        for year in (2016, 2019, 2021)
    ]

    assert found == [((1, "exact"), (2, "exact")), ((2, "exact"), (1, "exact")), ((1, "exact"), (2, "exact"))]


def test_name_and_former_name_have_to_agree() -> None:
    told = names(
        (1, "甲公司", "2015-01-01"),
        (1, "乙公司", "2020-06-01"),
        (2, "丙公司", "2015-01-01"),
        (3, "甲公司", "2020-09-01"),
    )

    assert ask(told, "乙公司", "甲公司") == (1, "exact")
    assert ask(told, "新公司", "丙公司") == (2, "exact")
    assert ask(told, "丙公司", "乙公司") == (NOBODY, "names-disagree")


DAYS = st.sampled_from(["2014-12-31", "2015-01-01", "2016-06-01", "2017-12-31", "2018-01-01", "2019-01-01"])
SINCE = st.sampled_from([UNKNOWN, "2015-01-01", "2018-01-01"])
BORNE = st.tuples(st.sampled_from(["甲公司", "乙公司", "丙公司"]), SINCE)
FIRM = st.tuples(
    st.lists(BORNE, min_size=1, max_size=3, unique_by=lambda row: row[1]),
    st.sampled_from([None, "2014-06-01", "2015-01-01"]),
    st.sampled_from([None, "2016-06-01", "2018-01-01"]),
)


Firm = tuple[list[tuple[str, str]], str | None, str | None]


@given(st.lists(FIRM, min_size=1, max_size=4), DAYS, st.none() | DAYS)
def test_a_name_that_fits_two_is_never_given_to_one(firms: list[Firm], known: str, happened: str | None) -> None:
    assert judged(firms, known, happened)


def judged(firms: list[Firm], known: str, happened: str | None) -> bool:
    """Tell whether the enterprise found for 甲公司 is the one that certainly bore it, where any did."""
    told = names(*((place, name, since) for place, (rows, _, _) in enumerate(firms, start=1) for name, since in rows))
    of = {place: (founded, ended) for place, (_, founded, ended) in enumerate(firms, start=1)}
    number, _ = ask(told, "甲公司", known=known, happened=happened, of=of)
    days = [one for one in (known, happened) if one is not None]
    unborn = {place for place, (founded, _) in of.items() if founded and founded > min(days)}
    fitting = {place for place, firm in enumerate(firms, start=1) if any(certainly(firm, one) for one in days)} - unborn
    ever = {place for place, (rows, _, _) in enumerate(firms, start=1) if any(name == "甲公司" for name, _ in rows)}
    if len(fitting) == 1:
        return number == next(iter(fitting))
    gone = {place for place, (_, ended) in of.items() if ended and ended <= min(days)}
    return number == NOBODY if fitting else number in (ever - unborn - gone) | {NOBODY}


def taken_first(name: str, bearings: list[Bearing], asked: Asked) -> Found:
    return Found(enterprise_id=bearings[0].enterprise_id, basis=Basis.EXACT)


def one_day_more(bearing: Bearing, day: int, *, certainly: bool) -> bool:
    return (bearing.certain_from if certainly else bearing.possible_from) <= day <= bearing.until


PLANTED: Mapping[str, tuple[object, str, object]] = {
    "an enterprise not yet founded is meant": (naming, "_possible", lambda bearings, asked: list(bearings)),
    "an enterprise that is gone is meant": (naming, "_is_gone", lambda bearing, asked: False),
    "the first of several is taken": (naming, "_one_of", taken_first),
    "the row's days are not looked at": (naming, "_certain", lambda bearings, asked: []),
    "only the first of the row's days is looked at": (
        naming,
        "_certain",
        lambda bearings, asked: [one for one in bearings if one.holds(asked.days[0], certainly=True)],
    ),
    "a name is borne a day too long": (Bearing, "holds", one_day_more),
    "a name never ends": (Bearing, "holds", lambda one, day, *, certainly: one.certain_from <= day),
    "what is possible counts as certain": (
        Bearing,
        "holds",
        lambda one, day, *, certainly: one.possible_from <= day < one.until,
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_caught(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    target, name, wrong = PLANTED[fault]
    monkeypatch.setattr(target, name, wrong)

    with pytest.raises(NoSuchExample):
        find_agreement_everywhere()


class NoSuchExample(AssertionError):
    """Some world was judged wrongly."""


def find_agreement_everywhere(worlds: int = 600) -> None:
    """Judge worlds drawn with a fixed seed; raise where one is judged wrongly."""
    rng = np.random.default_rng(5)
    days = ["2014-12-31", "2015-01-01", "2016-06-01", "2017-12-31", "2018-01-01", "2019-01-01"]

    def pick(values: Sequence[str | None]) -> str | None:
        return values[int(rng.integers(len(values)))]

    def firm() -> Firm:
        since = [day for day in (UNKNOWN, "2015-01-01", "2018-01-01") if rng.random() < 0.6] or ["2015-01-01"]
        borne = [(str(pick(["甲公司", "乙公司"])), day) for day in since]
        return borne, pick([None, "2014-06-01", "2015-01-01"]), pick([None, "2016-06-01", "2018-01-01"])

    for _ in range(worlds):
        firms = [firm() for _ in range(int(rng.integers(1, 4)))]
        if not judged(firms, str(pick(days)), pick([None, *days])):
            raise NoSuchExample(firms)


def test_without_a_fault_every_world_is_judged_rightly() -> None:
    find_agreement_everywhere()


def certainly(firm: Firm, on: str) -> bool:
    """Tell by the dated names alone, one after the other, whether 甲公司 was borne on a day."""
    rows, founded, ended = firm
    dated = sorted((since, name) for name, since in rows if since != UNKNOWN)
    if ended is not None and on >= ended:
        return False
    if len(dated) == len(rows) and founded is not None and dated[0][0] > on >= founded:
        return dated[0][1] == "甲公司"
    before = [name for since, name in dated if since <= on]
    return bool(before) and before[-1] == "甲公司"


def frame(*rows: str) -> pd.DataFrame:
    days = pd.to_datetime(["2021-01-01"] * len(rows)).as_unit("s")
    blank = pd.Series([None] * len(rows), dtype="str")
    return pd.DataFrame({"file_row": range(2, 2 + len(rows)), "identifier": blank, "name": rows, "known_on": days})


def known_of(decided: Mapping[str, Decided], told: pd.DataFrame = PASSED_ON) -> NamesKnown:
    return NamesKnown(names=told, lives=lives({}), decided=decided)


def test_a_decision_settles_a_doubt_and_is_no_more_than_that() -> None:
    decided = {
        "丁公司": Decided(doubt_id=1, decision_id=4, enterprise_id=2),
        "戊公司": Decided(doubt_id=2, decision_id=5, enterprise_id=None),
    }

    match = match_enterprises(
        frame("丁公司", "丁（公司）", "戊公司", "己公司"), known={}, ask=lambda _: known_of(decided)
    )

    assert match.enterprise_id.tolist() == [2, 2, NOBODY, NOBODY]
    assert [row.found.basis for row in match.named] == [Basis.DECIDED, Basis.DECIDED, None, None]
    assert [fault.code for fault in match.faults] == [OF_NOBODY, "name-unmatched"]


@pytest.mark.parametrize(("final", "expected"), [(False, (NOBODY, CONTRADICTED)), (True, (1, ""))])
def test_a_decision_against_the_register_is_asked_for_again_unless_it_knew(
    final: bool, expected: tuple[int, str]
) -> None:
    decided = {"甲有限公司": Decided(doubt_id=1, decision_id=4, enterprise_id=1, final=final)}

    row = match_enterprises(frame("甲有限公司"), known={}, ask=lambda _: known_of(decided)).named[0]

    assert (row.found.enterprise_id, row.found.code) == expected


STYLES = [first + second for first in "恒瑞鼎华盛安泰嘉宏润" for second in "拓达峰森川岳霖航宇辰"]
MANY = names(*((place, f"淄博{style}新材料有限公司", "2015-01-01") for place, style in enumerate(STYLES, start=1)))


@pytest.mark.parametrize("place", range(0, 100, 7))
def test_the_nearest_names_by_brute_force_are_among_the_candidates(place: int) -> None:
    asked = MANY["name"].iloc[place].replace("新材", "薪材")

    found = Resemblance(MANY).candidates(asked)

    best = process.extractOne(normalise_name(asked), MANY["normalised"], scorer=fuzz.ratio)
    assert (found[0].enterprise_id, found[0].why) == (place + 1, Why.ONE_CHARACTER)
    assert best is not None
    assert normalise_name(found[0].name) == best[0]


def test_region_and_legal_form_are_named_as_the_difference() -> None:
    found = Resemblance(MANY).candidates("山东恒拓新材料股份有限公司")

    assert (found[0].enterprise_id, found[0].why) == (1, Why.SAME_CORE)


@pytest.mark.parametrize("asked", ["", "（）", "完全不同", "甲"])
def test_a_name_like_none_has_no_candidates(asked: str) -> None:
    assert Resemblance(MANY).candidates(asked) == ()
    assert Resemblance(MANY.head(0)).candidates(asked) == ()
