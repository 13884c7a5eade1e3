"""Against what are a firm's points measured: which averages, whose, and by what name?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from data.spec.errors import Refusal
from features.context import peer_keys
from models.fitted import Model
from models.measures import TINY, log_odds
from models.references import Background, Profile
from risk.assessment import Reference, RelativeTo
from risk.grade import Grade

Kind = Literal["population", "peers", "industry", "cutoff"]


class ReferenceUnavailable(Refusal):
    """The model was shelved without the averages that its reasons are measured against."""

    code = "reference-unavailable"
    status = 409


@dataclass(frozen=True, kw_only=True)
class Standpoint:
    """Hold the averages that contributions are measured against, and whose they are; their score is told later."""

    reference: Reference
    profile: Profile


def background_of(model: Model) -> Background:
    """Return what the model's reasons need; raise ReferenceUnavailable where it was shelved without."""
    if model.head.background is None:
        raise ReferenceUnavailable("该模型没有保存理由的参照，无法说明分数。", help="请重新训练并启用模型。")
    return model.head.background


def standpoint(
    background: Background,
    asked: RelativeTo,
    *,
    pd: float,
    scale: Sequence[Grade],
    context: tuple[str | None, str | None],
) -> Standpoint:
    """Return the reference asked for, or the next wider one, and why.

    `scale` are the grades in force; `context` is the firm's industry and stage, None where not known.
    """
    if asked is RelativeTo.PEERS:
        return _peers(background, *context)
    if asked is RelativeTo.CUTOFF:
        return _cutoff(background, pd, scale)
    return _population(background, asked)


def _population(background: Background, asked: RelativeTo, note: str = "") -> Standpoint:
    return _standpoint(background.population, asked, "population", note=note)


def _standpoint(profile: Profile, asked: RelativeTo, kind: Kind, *, note: str = "") -> Standpoint:
    reference = Reference(asked=asked, kind=kind, score=0.0, firms=profile.firms, note=note)
    return Standpoint(reference=reference, profile=profile)


def _peers(background: Background, industry: str | None, stage: str | None) -> Standpoint:
    narrow, wide = peer_keys(industry, stage)
    widths: tuple[tuple[str | None, Kind], ...] = ((narrow, "peers"), (wide, "industry"))
    for key, kind in widths:
        if key is not None and key in background.peers:
            note = "narrow_peers" if kind == "industry" else ""
            found = _standpoint(background.peers[key], RelativeTo.PEERS, kind, note=note)
            told = replace(found.reference, industry=industry or "", stage=(stage or "") if kind == "peers" else "")
            return replace(found, reference=told)
    return _population(background, RelativeTo.PEERS, "few_peers" if industry else "unknown_industry")


def _cutoff(background: Background, pd: float, scale: Sequence[Grade]) -> Standpoint:
    """Return rows at the bound of the next better grade; in the best grade, at its own lower bound."""
    place = next((at for at, grade in enumerate(scale) if pd < grade.below), len(scale) - 1)
    better = scale[max(place - 1, 0)]
    wanted = float(log_odds(np.array(min(better.below, 1 - TINY))))
    profile = background.at(wanted)
    if profile is None:
        return _population(background, RelativeTo.CUTOFF, "flat")
    inside = background.ladder[0].log_odds <= wanted <= background.ladder[-1].log_odds
    note = "best_grade" if place == 0 else "" if inside else "beyond"
    found = _standpoint(profile, RelativeTo.CUTOFF, "cutoff", note=note)
    return replace(found, reference=replace(found.reference, grade=better.code))
