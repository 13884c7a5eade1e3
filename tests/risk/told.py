"""Makers of reasons for tests."""

from features.catalogue import FEATURES
from risk.assessment import Reason, ReasonPart, Reference, RelativeTo

POPULATION = Reference(asked=RelativeTo.POPULATION, kind="population", score=604.2, firms=812)
PEERS = Reference(asked=RelativeTo.PEERS, kind="peers", score=598.0, firms=140, industry="C", stage="growing")
INDUSTRY = Reference(asked=RelativeTo.PEERS, kind="industry", score=598.0, firms=310, industry="C", note="narrow_peers")
CUTOFF = Reference(asked=RelativeTo.CUTOFF, kind="cutoff", score=619.6, firms=31, grade="A")
REFERENCES = {"population": POPULATION, "peers": PEERS, "industry": INDUSTRY, "cutoff": CUTOFF}


def reason_of(
    name: str,
    value: float | None,
    points: float,
    *,
    direction: int | None = None,
    typical: float | None = None,
    missing: str | None = None,
    unit: str | None = None,
    with_: tuple[str, ...] = (),
) -> Reason:
    """Return a reason about a feature of the catalogue, told together with others where they are named."""
    feature = FEATURES[name]
    names = (name, *with_) if with_ else ()
    return Reason(
        feature=name,
        label=feature.label,
        group=feature.group,
        value=value,
        unit=unit or feature.unit,
        points=points,
        sentence="",
        missing=missing,
        direction=int(feature.direction) if direction is None else direction,
        typical=typical,
        parts=tuple(
            ReasonPart(feature=one, label=FEATURES[one].label, value=1.0, unit=FEATURES[one].unit, points=points)
            for one in names
        ),
    )
