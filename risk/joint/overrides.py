"""How often do people conclude against the suggestion, who does, in which direction, and how did those loans end?

Pure: it reads the history of applications and decides nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from risk.joint.application import Application
from risk.joint.opening import opening_of
from risk.joint.states import Move
from risk.joint.terms import Terms

WHOLE = Decimal("0.0001")


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Tell of one person, or of all, how many conclusions were made and how many against the suggestion."""

    who: str
    concluded: int
    up: int
    down: int

    @property
    def share(self) -> Decimal:
        """Return the share of overrides, 0 to 1."""
        return (Decimal(self.up + self.down) / self.concluded).quantize(WHOLE) if self.concluded else Decimal(0)


@dataclass(frozen=True, kw_only=True)
class GradeOutcome:
    """Tell of one grade of the model how many loans were made on an override or not, and how many went overdue."""

    grade: str
    overridden: bool
    loans: int
    overdue: int


@dataclass(frozen=True, kw_only=True)
class Overrides:
    """Tell of the overrides of the days [since, until).

    `alarm` says that their share is above what was agreed, and the model's owner is to be told; `against_advice`
    counts loans that banks made although they were not recommended: they are kept, for nobody else has such data.
    """

    since: date
    until: date
    whole: Rate
    people: tuple[Rate, ...]
    outcomes: tuple[GradeOutcome, ...]
    most: Decimal
    alarm: bool
    against_advice: int


def count_overrides(found: Sequence[Application], *, since: date, until: date) -> Overrides:
    """Count the conclusions made in [since, until), and how the loans on them have ended so far."""
    mine = [one for one in found if (made := one.last(Move.CONCLUDE)) and since <= made.on < until]
    whole = _rate("", mine)
    people = sorted({made.actor for one in mine if (made := one.last(Move.CONCLUDE))})
    most = Terms(since).number("override_share_most")
    return Overrides(
        since=since,
        until=until,
        whole=whole,
        people=tuple(_rate(who, [one for one in mine if _concluded_by(one) == who]) for who in people),
        outcomes=_outcomes(mine),
        most=most,
        alarm=whole.share > most,
        against_advice=sum(1 for one in mine if one.was_disbursed and _fed_back(one) == "overridden"),
    )


def _concluded_by(application: Application) -> str:
    made = application.last(Move.CONCLUDE)
    return made.actor if made is not None else ""


def _direction(application: Application) -> str:
    made = application.last(Move.CONCLUDE)
    return str(made.details.get("override", "")) if made is not None else ""


def _fed_back(application: Application) -> str:
    made = application.last(Move.APPROVE)
    return str(made.details["feedback"]) if made is not None else ""


def _rate(who: str, found: Sequence[Application]) -> Rate:
    directions = [_direction(one) for one in found]
    return Rate(who=who, concluded=len(found), up=directions.count("up"), down=directions.count("down"))


def _outcomes(found: Iterable[Application]) -> tuple[GradeOutcome, ...]:
    """Return loans by the model's own grade, the overridden apart, in the order of grades."""
    counted: dict[tuple[int, str, bool], list[bool]] = {}
    for one in found:
        opened = one.last(Move.OPEN)
        if opened is None or not one.was_disbursed:
            continue
        model = opening_of(opened.details["opening"]).model
        key = (model.place or model.places + 1, model.grade or "无", bool(_direction(one)))
        counted.setdefault(key, []).append(one.last(Move.REPORT_OVERDUE) is not None)
    return tuple(
        GradeOutcome(grade=grade, overridden=overridden, loans=len(ends), overdue=sum(ends))
        for (_, grade, overridden), ends in sorted(counted.items())
    )


def overrides_record(told: Overrides) -> Mapping[str, object]:
    """Return the count as plain JSON values; shares are text."""
    return {
        "since": told.since,
        "until": told.until,
        "whole": _rate_record(told.whole),
        "people": [{"who": one.who, **_rate_record(one)} for one in told.people],
        "outcomes": [vars(one) for one in told.outcomes],
        "most": str(told.most),
        "alarm": told.alarm,
        "against_advice": told.against_advice,
    }


def _rate_record(rate: Rate) -> dict[str, object]:
    return {"concluded": rate.concluded, "up": rate.up, "down": rate.down, "share": str(rate.share)}
