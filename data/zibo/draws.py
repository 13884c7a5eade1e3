"""How are days, members and sums drawn at random so that totals come out exactly?"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.zibo.plan import Bools, Days, Floats, Ints


def days_between(rng: np.random.Generator, start: Days | np.datetime64, end: Days | np.datetime64, count: int) -> Days:
    """Draw days uniformly from [start, end]."""
    low = np.broadcast_to(np.asarray(start, "M8[D]").astype(np.int64), count)
    high = np.broadcast_to(np.asarray(end, "M8[D]").astype(np.int64), count)
    return np.asarray(rng.integers(low, np.maximum(low, high) + 1).astype("M8[D]"))


def members(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """Draw distinct positions with probability rising in their weight; a weight of 0 is never drawn."""
    able = np.flatnonzero(weights > 0)
    keys = np.log(weights[able]) + rng.gumbel(size=able.size)
    chosen = able[np.argsort(-keys, kind="stable")[: min(count, able.size)]]
    return np.sort(chosen)


def with_repeats(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """Draw positions, repeats allowed, in proportion to their weight."""
    return np.asarray(rng.choice(weights.size, size=count, p=weights / weights.sum()), dtype=np.int64)


def parts_of(rng: np.random.Generator, total: int, count: int, *, unit: int = 1, spread: float = 1.0) -> Floats:
    """Split a whole number into positive parts, multiples of the unit, of log-normal size, that add up to it."""
    shares = rng.lognormal(0.0, spread, count)
    units = total // unit
    parts = 1.0 + np.floor((units - count) * shares / shares.sum())
    parts[: units - int(parts.sum())] += 1
    return np.asarray(parts * unit, dtype=np.float64)


def chance(rng: np.random.Generator, probability: Floats | float, count: int) -> Bools:
    """Draw true with the given probability, one answer each."""
    return np.asarray(rng.random(count) < probability)


def labels(rng: np.random.Generator, choices: tuple[str, ...], count: int, weights: tuple[float, ...] = ()) -> Ints:
    """Draw one of the choices each, as an object array of text."""
    shares = np.asarray(weights or [1.0] * len(choices))
    picks = rng.choice(len(choices), size=count, p=shares / shares.sum())
    return np.asarray(np.asarray(choices, dtype=object)[picks])


def versions(rows: pd.DataFrame, *, ended: str, known_end: Days) -> pd.DataFrame:
    """Write a state twice: open when it begins, and again with its end on the day the end is known.

    Shapes: rows has a column `known`; the answer has the open rows first, then one more row for each
    row whose end is known by the last day of the city.
    """
    first = rows.copy()
    first[ended] = np.datetime64("NaT", "s")
    later = rows.assign(known=known_end)
    return pd.concat([first, in_time(later[later[ended].notna()])], ignore_index=True)


def changes(rows: pd.DataFrame, key: list[str], told: list[str]) -> pd.DataFrame:
    """Leave out versions that say nothing new: the same as the version known before them.

    Shapes: `key` names the columns of one record, `told` those of its content; the order of rows is kept.
    """
    ordered = rows.sort_values("known", kind="stable")
    words = pd.util.hash_pandas_object(ordered[told].astype(str), index=False)
    before = words.groupby([ordered[name] for name in key], dropna=False).shift()
    return rows.loc[ordered.index[(before.isna() | (before != words)).to_numpy()]].sort_index()


def either(condition: Bools, value: object, other: object = None) -> npt.NDArray[np.object_]:
    """Return value where the condition holds and other elsewhere, None allowed as a blank."""
    chosen = np.full(condition.size, None, dtype=object)
    chosen[:] = other
    chosen[condition] = np.broadcast_to(np.asarray(value, dtype=object), condition.size)[condition]
    return chosen


def in_time(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are known by the last day of the city."""
    return rows.loc[rows["known"] <= pd.Timestamp("2025-12-31")]
