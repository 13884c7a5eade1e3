"""The reference asked for is used, or the next wider one with the reason why."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from models.references import Background, Profile
from risk.assessment import RelativeTo
from risk.grade import read_master_scale
from risk.standpoint import ReferenceUnavailable, background_of, standpoint

SCALE = read_master_scale(date(2026, 1, 1))


def profile(log_odds: float, firms: int = 50) -> Profile:
    return Profile(firms=firms, log_odds=log_odds, means=(log_odds / 2,), medians=(1.0,), shares=(0.5,))


BACKGROUND = Background(
    population=profile(-3.5, 800),
    ladder=(profile(-5.0), profile(-4.0), profile(-2.0)),
    peers={"C/early": profile(-3.0, 140), "C": profile(-3.2, 310)},
    ties=(),
    signs=(1.0,),
    steady=0.9,
)


@pytest.mark.parametrize(
    ("asked", "pd", "context", "expected"),
    [
        (RelativeTo.POPULATION, 0.03, ("C", "early"), ("population", "", 800, "")),
        (RelativeTo.PEERS, 0.03, ("C", "early"), ("peers", "", 140, "")),
        (RelativeTo.PEERS, 0.03, ("C", "mature"), ("industry", "narrow_peers", 310, "")),
        (RelativeTo.PEERS, 0.03, ("C", None), ("industry", "narrow_peers", 310, "")),
        (RelativeTo.PEERS, 0.03, ("M", "early"), ("population", "few_peers", 800, "")),
        (RelativeTo.PEERS, 0.03, (None, None), ("population", "unknown_industry", 800, "")),
        (RelativeTo.CUTOFF, 0.03, (None, None), ("cutoff", "", 50, "BBB")),
        (RelativeTo.CUTOFF, 0.02, (None, None), ("cutoff", "", 50, "BBB")),
        (RelativeTo.CUTOFF, 0.004, (None, None), ("cutoff", "beyond", 50, "AAA")),
        (RelativeTo.CUTOFF, 0.001, (None, None), ("cutoff", "best_grade", 50, "AAA")),
        (RelativeTo.CUTOFF, 0.99, (None, None), ("cutoff", "beyond", 50, "CC")),
    ],
)
def test_the_reference_is_named_with_why_it_is_another(
    asked: RelativeTo,
    pd: float,
    context: tuple[str | None, str | None],
    expected: tuple[str, str, int, str],
) -> None:
    told = standpoint(BACKGROUND, asked, pd=pd, scale=SCALE, context=context).reference

    assert (told.kind, told.note, told.firms, told.grade) == expected
    assert told.asked is asked


def test_a_model_that_scores_all_alike_has_no_cut_off() -> None:
    alike = replace(BACKGROUND, ladder=BACKGROUND.ladder[:1])

    told = standpoint(alike, RelativeTo.CUTOFF, pd=0.03, scale=SCALE, context=(None, None))

    assert (told.reference.kind, told.reference.note, told.profile) == ("population", "flat", BACKGROUND.population)


def test_a_model_without_a_background_is_refused() -> None:
    bare = SimpleNamespace(head=SimpleNamespace(background=None))

    with pytest.raises(ReferenceUnavailable):
        background_of(bare)  # type: ignore[arg-type]
