"""Every reason for which there is no score has a code, a sentence, a help, and a case in which it is given."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from data.spec.access import Purpose, bureau_access
from data.spec.identifiers import parse_identifier, with_uscc_check_digit
from data.spec.missing import Missing
from data.spec.table import Group
from data.spec.tables import TABLES
from features.calendar import expected_on
from features.catalogue import FEATURES
from models.card import ModelCard
from models.fitted import Model
from risk.answering import Question, begin
from risk.assess import answer_from
from risk.assessment import Assessment, RemarkKind, Status
from risk.fitness import NO_BASELINE, Shown, fitness_of, widened
from risk.freshness import NO_LISTS, Freshness, ListState
from risk.limits import read_scoring_limits
from risk.receipt import PARTS
from risk.scoring import neutral
from risk.unscored import STANDINGS, Unscored
from tests.features.doors import HEADS, evidence

FIRM = with_uscc_check_digit("91370303MA3C00000")
AS_OF = date(2025, 7, 1)
AT = datetime(2026, 1, 1, 9, tzinfo=UTC)
LIMITS = read_scoring_limits(AS_OF)
COLUMNS = (
    "operations_leverage_ratio_2y",
    "rnd_intensity_2y",
    "conduct_dishonesty_5y",
    "conduct_penalties_3y",
    "patent_invention_grants_3y",
)

REPORTS = """
    firm | key | year | revenue | total_cost | profit | assets | liabilities | known
    1 | a | 2023-12-31 | 900  | 800 | 50 | 400 | 150 | 2024-05-01
    1 | b | 2024-12-31 | 1000 | 900 | 60 | 400 | 160 | 2025-05-01
"""
RND = """
    firm | key | year | basis | rnd_expense | rnd_staff | staff | known
    1 | a | 2023-12-31 | accounting | 60 | 10 | 50 | 2024-05-01
    1 | b | 2024-12-31 | accounting | 70 | 10 | 50 | 2025-05-01
"""
REGISTER = """
    firm | founded_on | staff | deregistered_on | known
    1 | 2012-03-01 | 50 | {gone} | 2020-01-01
"""
OLD_PATENT = """
    firm | key | application_no | kind | filed_on | known
    1 | a | 2015100000010 | invention | 2015-01-01 | 2016-07-01
"""
LOANS = """
    firm | key | loan_no | disbursed_on | matures_on | amount | known
    1 | a | L1 | 2024-01-01 | 2025-01-01 | 1000000 | 2024-01-05
"""
MONTHS = """
    firm | key | loan_no | month_end | days_past_due | overdue_amount | five_class | known
    1 | a | L1 | 2025-05-31 | 120 | 1000000 | substandard | 2025-06-10
"""
EXTREME = REPORTS.replace("160 |", "99999 |").replace("| 1000 |", "| 1 |")


def events(gone: str = "-", closed: frozenset[Group] = frozenset(), **texts: str) -> dict[str, pd.DataFrame]:
    """Return every table that may be read, empty unless a text is given."""
    given = {"enterprise_registration": REGISTER.format(gone=gone), **texts}
    opened = {name: table for name, table in TABLES.items() if table.group not in closed}
    return {name: evidence(table, given.get(name, HEADS)) for name, table in opened.items()}


class Other:
    """Score every firm at one log-odds, as a simpler card that sees no difference."""

    features = ("patent_invention_grants_3y", "operations_leverage_ratio_2y")
    digest = "other"

    def __init__(self, at: float) -> None:
        self.at, self.seen = at, pd.DataFrame()

    def log_odds(self, X: pd.DataFrame) -> "pd.Series[float]":
        self.seen = X
        return pd.Series(self.at, index=X.index)


class Shelf:
    """Have one champion, and perhaps a card beside it."""

    def __init__(self, trained: tuple[Model, ModelCard]) -> None:
        self.live = ("m-1", *trained)

    def champion(self, card: str) -> tuple[str, Model, ModelCard] | None:
        return self.live


class ShelfOfTwo(Shelf):
    """Offer a baseline."""

    def __init__(self, trained: tuple[Model, ModelCard], other: Other) -> None:
        super().__init__(trained)
        self.other = other

    def baseline(self, name: str) -> Other:
        assert name == "m-1"
        return self.other


def ask(known: dict[str, pd.DataFrame], shelf: Shelf, freshness: Freshness = NO_LISTS) -> Assessment:
    question = Question(
        id="a-1",
        identifier=parse_identifier(FIRM),
        tenant="bureau",
        actor="test",
        purpose=Purpose.PRE_LOAN,
        as_of=AS_OF,
        at=AT,
        demonstration=True,
    )
    begun = begin(question, "测试企业（演示）", bureau_access("test", at=AT))
    return answer_from(known, begun, question, 1, shelf, freshness)


ALL = frozenset(Group) - {Group.PROFILE}
WHOLE = {"annual_report": REPORTS, "rnd_year": RND}
CASES: dict[Unscored, Callable[[], dict[str, pd.DataFrame]]] = {
    Unscored.NO_EVIDENCE: events,
    Unscored.NOT_AUTHORISED: lambda: events(closed=ALL),
    Unscored.TOO_LITTLE: lambda: events(
        closed=ALL - {Group.PATENTS, Group.QUALIFICATIONS},
        tech_sme_entry="    firm | entry_no | entered_on\n    1 | x | 2025-05-01",
    ),
    Unscored.STALE: lambda: events(patent=OLD_PATENT),
    Unscored.OUTSIDE: lambda: events(
        annual_report=EXTREME,
        rnd_year=RND.replace("| 70 |", "| 90000 |"),
        conduct_record="\n".join(
            [
                "    firm | key | kind | case_no | listed_on",
                *(f"    1 | {n} | dishonesty | {n} | 2024-01-01" for n in range(40)),
                *(f"    1 | p{n} | administrative_penalty | p{n} | 2024-01-01" for n in range(40)),
            ]
        ),
    ),
    Unscored.DISAGREEMENT: lambda: events(**WHOLE),
    Unscored.IN_DEFAULT: lambda: events(**WHOLE, loan=LOANS, loan_month=MONTHS),
    Unscored.DEREGISTERED: lambda: events(gone="2025-03-01", **WHOLE),
}


@pytest.mark.parametrize("code", list(Unscored))
def test_every_code_is_given_where_its_case_is_met(trained: tuple[Model, ModelCard], code: Unscored) -> None:
    shelf = ShelfOfTwo(trained, Other(at=2.0)) if code is Unscored.DISAGREEMENT else Shelf(trained)

    answer = ask(CASES[code](), shelf)

    assert (answer.code, answer.status) == (str(code), STANDINGS[code].status)
    assert answer.message.startswith(STANDINGS[code].message)
    assert answer.help == STANDINGS[code].help
    assert (answer.score, answer.pd, answer.grade, answer.contributions) == (None, None, None, {})


@pytest.mark.parametrize("known", ["2025-05-31", "2025-06-01", "2025-12-01"], ids=["before", "on the day", "after"])
def test_what_is_learned_later_makes_nothing_fresh(trained: tuple[Model, ModelCard], known: str) -> None:
    later = f"{OLD_PATENT.rstrip()}\n{OLD_PATENT.strip().splitlines()[-1].rsplit('|', 1)[0]}| {known}"

    before = ask(events(patent=OLD_PATENT), Shelf(trained))
    after = ask(events(patent=later), Shelf(trained))

    assert before.code == Unscored.STALE
    assert (after.code == Unscored.STALE) is (known >= str(AS_OF))


@pytest.mark.parametrize("code", list(Unscored))
def test_every_answer_without_a_score_says_what_it_was_made_of(
    trained: tuple[Model, ModelCard], code: Unscored
) -> None:
    shelf = ShelfOfTwo(trained, Other(at=2.0)) if code is Unscored.DISAGREEMENT else Shelf(trained)

    receipt = ask(CASES[code](), shelf).receipt

    assert {"policy", "declarations", "values"} <= set(receipt) <= set(PARTS)
    assert all(len(digest) == 64 for digest in receipt.values() if digest)


@pytest.mark.parametrize("code", list(Unscored))
def test_every_code_is_told_in_chinese_with_what_would_help(code: Unscored) -> None:
    standing = STANDINGS[code]

    assert standing.code is code
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in (standing.label, standing.message, standing.help))
    assert standing.status is (Status.IN_DEFAULT if code is Unscored.IN_DEFAULT else Status.NOT_SCORED)
    assert len({one.label for one in STANDINGS.values()}) == len(Unscored)


def test_a_firm_of_whom_enough_is_known_is_scored_and_told_what_was_not_checked(
    trained: tuple[Model, ModelCard],
) -> None:
    answer = ask(events(**WHOLE), Shelf(trained))

    assert (answer.status, answer.code, answer.coverage, answer.support) == (Status.SCORED, None, 1.0, "inside")
    assert NO_BASELINE in answer.notes


def test_a_baseline_that_agrees_is_shown_its_own_columns_and_lets_the_score_stand(
    trained: tuple[Model, ModelCard],
) -> None:
    other = Other(at=-2.0)

    answer = ask(events(**WHOLE), ShelfOfTwo(trained, other))

    assert answer.status is Status.SCORED
    assert NO_BASELINE not in answer.notes
    assert tuple(other.seen.columns) == other.features
    assert other.seen.iloc[0].tolist() == [0.0, 0.4]


def test_two_cards_may_be_fifty_points_apart_and_no_further(trained: tuple[Model, ModelCard]) -> None:
    model, card = trained
    X = pd.DataFrame([[0.4, 0.1, 0.0, 0.0, 2.0]], columns=list(COLUMNS))
    blank = pd.DataFrame([[None] * 5], columns=list(COLUMNS), dtype=object)
    own = float(model.log_odds(X).iloc[0])
    step = 50 / card.scale.factor

    found = [
        fitness_of(Shown(model=model, card=card, X=X, missing=blank, baseline=pd.Series([own + shift])), LIMITS)[0]
        for shift in (step - 1e-9, step + 1e-9, -step - 1e-9)
    ]

    assert [one.against is None for one in found] == [True, False, False]
    assert [one.gap for one in found] == pytest.approx([50.0] * 3, abs=1e-6)


def test_the_card_that_stands_beside_a_model_is_part_of_the_receipt(trained: tuple[Model, ModelCard]) -> None:
    alone, beside = (ask(events(**WHOLE), shelf) for shelf in (Shelf(trained), ShelfOfTwo(trained, Other(at=-3.0))))

    assert alone.score == beside.score
    assert {part for part in alone.receipt if alone.receipt[part] != beside.receipt[part]} == {"baseline"}


def test_what_a_model_does_not_know_for_want_of_a_late_list_is_late(trained: tuple[Model, ModelCard]) -> None:
    period = expected_on("annual_report", AS_OF)
    assert period is not None
    state = ListState(
        list="annual_report", label="财务年报", table="annual_report", newest_on=date(2019, 12, 31), period=period
    )
    known = events(**{**WHOLE, "annual_report": REPORTS.replace("| 160 |", "| - |").replace("| 150 |", "| - |")})

    waiting, came = (ask(known, Shelf(trained), one) for one in (Freshness({"annual_report": state}), NO_LISTS))

    assert (waiting.missing[COLUMNS[0]], came.missing[COLUMNS[0]]) == (Missing.LATE, Missing.NOT_REPORTED)


def test_members_that_differ_too_far_give_no_score(trained: tuple[Model, ModelCard]) -> None:
    model, card = trained
    X = pd.DataFrame([[0.85, 0.01, 2.0, 0.0, 2.0]], columns=list(COLUMNS))
    shown = Shown(model=model, card=card, X=X, missing=pd.DataFrame([[None] * 5], columns=list(COLUMNS)), baseline=None)
    spread = fitness_of(shown, LIMITS)[0].spread

    strict, lenient = (fitness_of(shown, replace(LIMITS, members_gap=spread + step))[0] for step in (-1e-6, 1e-6))

    assert 0 < spread < 50
    assert strict.against is not None
    assert strict.against.code is Unscored.DISAGREEMENT
    assert "成员" in strict.against.message
    assert lenient.against is None


def test_a_thin_answer_is_a_score_with_a_flag_and_an_interval_wider_by_the_stated_factor(
    trained: tuple[Model, ModelCard],
) -> None:
    thin = ask(events(annual_report=REPORTS.replace("160 |", "99999 |"), rnd_year=RND), Shelf(trained))
    plain = ask(events(**WHOLE), Shelf(trained))

    assert (thin.status, thin.support) == (Status.SCORED, "thin")
    assert any("样本稀疏" in note and "1.5倍" in note for note in thin.notes)
    assert "1.5倍" in thin.interval
    assert "稀疏" not in plain.interval


def test_widening_multiplies_the_half_widths_in_log_odds_and_leaves_others_bit_for_bit() -> None:
    answers = pd.DataFrame({"pd": [0.1, 0.1], "pd_low": [0.05, 0.05], "pd_high": [0.2, 0.2]})

    wide = widened(answers, [1.0, 2.0])
    odds = (wide / (1 - wide)).iloc[1]

    assert wide.iloc[0].equals(answers.iloc[0])
    assert odds["pd_low"] * (1 / 9) ** -1 == pytest.approx((0.05 / 0.95 * 9) ** 2)
    assert odds["pd_high"] * 9 == pytest.approx((0.2 / 0.8 * 9) ** 2)


@pytest.mark.parametrize("group", [Group.OPERATIONS, Group.RND, Group.CONDUCT, Group.PATENTS])
def test_withdrawing_a_group_is_no_reason_against_and_neither_costs_nor_gains(
    trained: tuple[Model, ModelCard], group: Group
) -> None:
    answer = ask(
        events(closed=frozenset({group}), **{k: v for k, v in WHOLE.items() if TABLES[k].group != group}),
        Shelf(trained),
    )
    closed = [name for name, reason in answer.missing.items() if reason == Missing.NOT_AUTHORISED]
    taken_back = {line.name: line.points for line in answer.lines}["consent"]

    assert answer.status is Status.SCORED
    assert {name for name in COLUMNS if FEATURES[name].group == group} <= set(closed)
    assert taken_back + sum(answer.contributions[name] for name in closed) == pytest.approx(0, abs=1e-9)
    assert not set(closed) & {reason.feature for reason in answer.reasons_against}
    total = sum(line.points for line in answer.lines) + sum(answer.contributions.values())
    assert total == pytest.approx(answer.score, abs=1e-9)
    assert answer.pd is not None
    assert (answer.pd_low or 1) < answer.pd < (answer.pd_high or 0)
    assert [one.kind for one in answer.remarks or ()] == [RemarkKind.WITHHELD]


def test_unknown_conduct_never_beats_a_clean_record(trained: tuple[Model, ModelCard]) -> None:
    clean = ask(events(**WHOLE), Shelf(trained))
    withheld = ask(events(closed=frozenset({Group.CONDUCT}), **WHOLE), Shelf(trained))

    assert clean.score is not None
    assert withheld.score is not None
    assert withheld.score <= clean.score
    assert (withheld.pd or 0) >= (clean.pd or 1)


@pytest.mark.parametrize("gaps", [COLUMNS[2:3], COLUMNS[3:4], COLUMNS[2:4]], ids=["dishonesty", "penalties", "both"])
def test_a_gap_in_conduct_gains_nothing_from_the_trees_themselves(
    trained: tuple[Model, ModelCard], gaps: tuple[str, ...]
) -> None:
    draw = np.random.default_rng(4)
    figures = (draw.uniform(0.1, 0.9, 400), draw.uniform(0, 0.2, 400), 0.0, 0.0, draw.poisson(2, 400))
    clean = pd.DataFrame(dict(zip(COLUMNS, figures, strict=True)), dtype="float64")
    unknown = clean.assign(**dict.fromkeys(gaps, np.nan))

    assert (trained[0].log_odds(unknown) >= trained[0].log_odds(clean) - 1e-12).all()


def test_what_is_authorised_is_never_taken_back() -> None:
    explained = pd.DataFrame({"a": [0.5, -0.5, 0.5], "b": [1.0, 1.0, 1.0], "base": [-3.0] * 3})
    missing = pd.DataFrame(
        {
            "a": [None, str(Missing.NOT_AUTHORISED), str(Missing.NOT_REPORTED)],
            "b": [str(Missing.LATE), str(Missing.NOT_AUTHORISED), None],
        }
    )

    consent = neutral(explained, missing, usual=(0.25, 0.5))["consent"]

    assert consent.tolist() == [0.0, 0.25, 0.0]
