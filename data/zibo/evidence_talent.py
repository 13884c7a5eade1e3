"""Which scientists, talents and technology managers work where?"""

import numpy as np
import pandas as pd

from data.zibo.draws import chance, days_between, in_time, labels, parts_of, with_repeats
from data.zibo.evidence_platforms import lasting
from data.zibo.figures import target
from data.zibo.plan import LAST_DAY, Floats, Ints, add_days, day
from data.zibo.world import World

Span = tuple[np.datetime64, np.datetime64]
POOL = (day("2021-08-01"), day("2024-05-31"))
TRAINED = (day("2024-02-01"), day("2024-05-31"))
EARLIER = (day("2016-03-01"), day("2020-12-31"))
LATER = (day("2025-01-20"), day("2025-10-31"))


def talent_rows(world: World) -> pd.DataFrame:
    """Return posts: those in the letter's stock, earlier ones that have ended, later ones, and who left early."""
    rng = world.plan.rng("talent")
    firms = np.exp(0.8 * world.people["tech"].to_numpy() + 0.3 * (world.size - 7.6)) * lasting(world) * world.is_firm
    anyone = np.where(world.is_firm, firms, 6.0) * lasting(world)
    parts = [_vice_presidents(rng, world, firms)]
    for level in ("national", "taishan", "city"):
        parts.append(_posts(rng, world, anyone, "leading_talent", level, target(f"talents_{level}"), POOL))
    parts += _managers(rng, world, anyone)
    past = np.exp(0.6 * world.people["tech"].to_numpy()) * world.is_firm * (world.founded_on < day("2015-06-01"))
    parts.append(_posts(rng, world, past, "tech_vice_president", None, 260, EARLIER))
    parts.append(_posts(rng, world, past, "tech_specialist", None, 240, EARLIER))
    parts.append(_posts(rng, world, firms, "tech_specialist", None, 310, POOL))
    parts.append(_posts(rng, world, firms, "foreign_expert", None, 60, POOL))
    parts.append(_posts(rng, world, firms, "tech_vice_president", None, 120, LATER))
    rows = pd.concat(parts, ignore_index=True)
    rows["person_code"] = [f"RC{place:06d}" for place in rng.permutation(len(rows)) + 1]
    rows["term_ends_on"] = rows["ends_on"]
    return pd.concat([rows, _departures(world, rows)], ignore_index=True)


def _departures(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    """Write again the posts that end before their term; the letter's stock stands until its year is over."""
    rng = world.plan.rng("talent.departures")
    started, term = (rows[name].to_numpy().astype("M8[D]") for name in ("started_on", "term_ends_on"))
    earlier = term < day("2024-06-30")
    left = add_days(np.where(earlier, started, day("2025-01-05")), rng.integers(0, 320, len(rows)))
    quality = world.latent.at(rows["firm"].to_numpy(), np.minimum(left, LAST_DAY))
    leaves = chance(rng, 1 / (1 + np.exp(2.4 + 0.6 * quality)), len(rows)) & (left > started) & (left < term)
    ended = rows.assign(ends_on=left, known=np.maximum(add_days(left, 15), add_days(rows["known"].to_numpy(), 1)))
    return in_time(ended[leaves])


def _posts(
    rng: np.random.Generator, world: World, weights: Floats, kind: str, level: str | None, number: int, span: Span
) -> pd.DataFrame:
    count = world.plan.scaled(number)
    firm: Ints = with_repeats(rng, weights, count)
    started = days_between(rng, *span, count)
    length = rng.integers(900, 1096, count) if span is EARLIER else np.full(count, 1826)
    schools = world.people["name"].to_numpy()[np.flatnonzero(~world.is_firm)]
    from_school = kind in {"tech_vice_president", "tech_specialist"}
    return pd.DataFrame(
        {
            "firm": firm,
            "kind": kind,
            "level": level,
            "from_university": labels(rng, tuple(schools[:80]), count) if from_school else None,
            "started_on": started,
            "ends_on": add_days(started, length),
            "problems_solved": np.nan,
            "results_transferred": np.nan,
            "known": np.maximum(add_days(started, rng.integers(3, 25, count)), day("2017-01-10")),
        }
    )


def _vice_presidents(rng: np.random.Generator, world: World, weights: Floats) -> pd.DataFrame:
    rows = _posts(rng, world, weights, "tech_vice_president", None, target("tech_vice_presidents"), POOL)
    for column, name, more in (
        ("problems_solved", "problems_solved", 7),
        ("results_transferred", "results_transferred", 4),
    ):
        parts = parts_of(rng, world.plan.scaled(target(name) + more) + len(rows), len(rows), spread=0.8)
        rows[column] = (parts - 1).astype(float)
    return rows


def _managers(rng: np.random.Generator, world: World, weights: Floats) -> list[pd.DataFrame]:
    """The pool of technology managers: this year's junior and intermediate ones, and those of earlier years."""
    junior, intermediate = target("managers_junior"), target("managers_intermediate")
    rest = target("transfer_talents") - junior - intermediate
    senior = round(rest * 0.12)
    before = (day("2020-03-01"), day("2023-12-15"))
    return [
        _posts(rng, world, weights, "technology_manager", "junior", junior, TRAINED),
        _posts(rng, world, weights, "technology_manager", "intermediate", intermediate, TRAINED),
        _posts(rng, world, weights, "technology_manager", "junior", rest - senior, before),
        _posts(rng, world, weights, "technology_manager", "senior", senior, before),
    ]
