"""What is a feature, and when is a declaration of one sound?

Two storeys. An Aggregate turns the visible rows of one table into one number; the engine alone knows
what is visible. A Derived is a pure function over features of the same row, its arguments named after
them. Anything else is a table with its own known_on (`features.tables`), then aggregated as usual.
"""

import inspect
import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar

from data.spec.table import Absence, Ending, Group, Kind, Table, Unit
from features.conditions import After, AtLeast, Below, Condition, Filled, NotAfter
from features.fingerprints import fingerprint, source_of
from features.vocabulary import COLUMNLESS, Card, Direction, Reduce
from features.windows import Window

__all__ = [
    "COLUMNLESS",
    "After",
    "Aggregate",
    "AtLeast",
    "Below",
    "Card",
    "Condition",
    "Derived",
    "Direction",
    "Feature",
    "FeatureGroup",
    "Filled",
    "NotAfter",
    "Reduce",
]


SCALES: Mapping[Kind, int] = MappingProxyType(
    {Kind.MONEY: 100, Kind.NUMBER: 1_000_000, Kind.INTEGER: 1, Kind.FLAG: 1, Kind.DATE: 1, Kind.YEAR: 1, Kind.CODE: 1}
)
"""Values are counted as whole multiples of 1/scale, so that sums are exact in any order.

A DATE or YEAR column counts as the days from happened_on to it; a CODE column as its declared level.
"""


_SUFFIX = re.compile(r"_(\d+[dmqy])$")


@dataclass(frozen=True, kw_only=True)
class Declared:
    """Carry what every declaration says: labels, unit, direction and the reason for it."""

    label: str
    label_en: str
    unit: Unit
    direction: Direction = Direction.UNKNOWN
    reason: str
    cards: tuple[Card, ...] | None = None
    """None: as the group says. Empty: a building block, on no card."""
    needs_history: Window | None = None
    """A firm younger than this has no such value: not applicable rather than not reported."""

    def __post_init__(self) -> None:
        for what in ("label", "reason"):
            if not re.search(r"[\u4e00-\u9fff]", getattr(self, what)):
                raise ValueError(f"{self.label or self.label_en}: {what} must be Chinese")
        if not self.label_en:
            raise ValueError(f"{self.label}: label_en is empty")


@dataclass(frozen=True, kw_only=True)
class Aggregate(Declared):
    """Declare one number made from the visible rows of one table.

    `where` filters after the version is chosen. `in_force` keeps states that hold at as_of; a `window` is then the
    longest that one can hold. `window` None looks back without end. `empty` is the value where nothing is counted:
    0 only where absence of a record is a zero; on a table whose absence is UNKNOWN that is only once the source
    knows the firm.
    """

    table: Table
    reduce: Reduce
    where: Mapping[str, Condition] = field(default_factory=dict)
    column: str | None = None
    by: str | None = None
    levels: Mapping[str, int] = field(default_factory=dict)
    window: Window | None = None
    in_force: bool = False
    empty: float = math.nan

    def __post_init__(self) -> None:
        super().__post_init__()
        for fault in _faults(self):
            raise ValueError(f"{self.label}: {fault}")

    @property
    def ending(self) -> Ending | None:
        """Return which events of another table decide, beside its own list, whether a state is in force."""
        return self.table.ended_by if self.in_force else None

    @property
    def zero_when_empty(self) -> bool:
        """Tell whether nothing counted means zero."""
        return self.empty == 0

    @cached_property
    def conditions(self) -> tuple[tuple[str, str, Condition], ...]:
        """Return a name for each condition that features may share, its column, and what is wanted of it."""
        return tuple((f"{column}:{wanted!r}", column, wanted) for column, wanted in self.where.items())

    @cached_property
    def filter_name(self) -> str:
        """Name the filter, so that features which share one find the same rows once."""
        return f"{sorted(self.where.items())}{self.in_force}"

    @cached_property
    def counting_name(self) -> str:
        """Name the filter and the window."""
        return f"{self.filter_name}|{self.window}"

    @property
    def reads(self) -> tuple[str, ...]:
        """Name the columns it looks at: those of the filter, then what is counted, each once."""
        compared = (wanted.other for wanted in self.where.values() if isinstance(wanted, After | NotAfter))
        counted = (name for name in (self.by, self.column) if name is not None)
        return tuple(dict.fromkeys((*self.where, *compared, *counted)))

    @property
    def named(self) -> tuple[str, ...]:
        """Return the columns whose different texts are told apart."""
        distinct = self.column if self.reduce is Reduce.DISTINCT else None
        return tuple(column for column in (self.by, distinct) if column is not None)

    @property
    def scale(self) -> int:
        """Return how many units of the counted integer make one of the column's unit."""
        return SCALES[self.table.columns[self.column].kind] if self.column and self.reduce != Reduce.DISTINCT else 1


def _faults(declared: Aggregate) -> list[str]:
    columns, kind = declared.table.columns, None
    unknown = [name for name in declared.reads if name not in columns]
    if unknown:
        return [f"table {declared.table.name} has no column {', '.join(unknown)}"]
    if declared.column is not None:
        kind = columns[declared.column].kind
    checks = {
        f"{declared.reduce} takes no column": declared.reduce in COLUMNLESS and declared.column is not None,
        f"{declared.reduce} needs a column": declared.reduce not in COLUMNLESS and declared.column is None,
        "top_share needs by": declared.reduce is Reduce.TOP_SHARE and declared.by is None,
        "only top_share takes by": declared.reduce is not Reduce.TOP_SHARE and declared.by is not None,
        "empty must be 0 or nan": not (declared.empty == 0 or math.isnan(declared.empty)),
        "in_force needs a table of states": declared.in_force and not declared.table.is_state,
        f"{declared.column} is {kind}, not a number": _not_a_number(declared, kind),
        f"where names a choice that {declared.table.name} does not have": _foreign_choice(declared),
        "a condition and its column disagree": _misplaced(declared),
    }
    return [message for message, wrong in checks.items() if wrong]


def _not_a_number(declared: Aggregate, kind: Kind | None) -> bool:
    if kind is None or declared.reduce is Reduce.DISTINCT:
        return False
    if kind is Kind.CODE:
        return set(declared.levels) != set(declared.table.columns[declared.column or ""].choices)
    return kind not in SCALES


def _foreign_choice(declared: Aggregate) -> bool:
    for name, wanted in declared.where.items():
        choices = declared.table.columns[name].choices
        words = (wanted,) if isinstance(wanted, str) else wanted
        if choices and isinstance(words, tuple) and not set(words) <= set(choices):
            return True
    return False


def _misplaced(declared: Aggregate) -> bool:
    for name, wanted in declared.where.items():
        kind = declared.table.columns[name].kind
        numeric = kind in (Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.FLAG)
        if isinstance(wanted, After | NotAfter):
            other = declared.table.columns[wanted.other].kind
            if not kind is other is Kind.DATE:
                return True
            continue
        if isinstance(wanted, Filled):
            continue
        if numeric is isinstance(wanted, str | tuple) or kind in (Kind.DATE, Kind.YEAR):
            return True
    return False


@dataclass(frozen=True, kw_only=True)
class Derived(Declared):
    """Declare a pure function over features of the same row; its arguments bear their names.

    The function works on float64 arrays elementwise, with `features.arithmetic` and numpy's exact operations.
    `numbers` is the text of the dated numbers it reads beside its arguments: should they change, so does its meaning.
    `told` says in Chinese what a formula does that is more than one expression. `silence_of` names the table in
    which, by a value of 0, a firm that had to report did not: that is unknown for as long as the list itself is late.
    """

    formula: Callable[..., Any]
    numbers: str = ""
    told: str = ""
    silence_of: Table | None = None

    def is_excused(self, late: Collection[str]) -> bool:
        """Tell whether a firm's silence may be its list's, by the names of the tables that are late."""
        return self.silence_of is not None and self.silence_of.name in late

    @property
    def arguments(self) -> tuple[str, ...]:
        """Return the names of the features it reads."""
        return tuple(inspect.signature(self.formula).parameters)


@dataclass(frozen=True, kw_only=True, eq=False)
class Feature:
    """Be a declaration with its name, its group and the features it is made of; only itself is equal to it."""

    name: str
    group: Group
    cards: tuple[Card, ...]
    declaration: Aggregate | Derived
    inputs: tuple["Feature", ...] = ()

    @property
    def label(self) -> str:
        """Return the Chinese label."""
        return self.declaration.label

    @property
    def label_en(self) -> str:
        """Return the English label."""
        return self.declaration.label_en

    @property
    def unit(self) -> Unit:
        """Return the unit the value is said in."""
        return self.declaration.unit

    @property
    def direction(self) -> Direction:
        """Return the sign of risk as the value rises."""
        return self.declaration.direction

    @property
    def reason(self) -> str:
        """Return, in Chinese, why the direction is what it is."""
        return self.declaration.reason

    @cached_property
    def aggregates(self) -> tuple["Feature", ...]:
        """Return the aggregates it rests on, itself if it is one, each once."""
        if isinstance(self.declaration, Aggregate):
            return (self,)
        return tuple({found.name: found for each in self.inputs for found in each.aggregates}.values())

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Return the names of the tables read."""
        return tuple(dict.fromkeys(name for feature in self.aggregates for name in _tables_of(feature)))

    @cached_property
    def absence(self) -> str:
        """Say in Chinese what it means that there is no record."""
        if isinstance(self.declaration, Derived):
            return "所依据的指标未知时为未知；分母不为正时不适用"
        if not self.declaration.zero_when_empty:
            return "无记录为未知"
        if self.declaration.table.absence is Absence.ZERO:
            return "无记录记为0"
        return "来源未收录该企业时为未知，已收录而无此类记录时记为0"

    @cached_property
    def fingerprint(self) -> str:
        """Return the sha256 of all that decides the value or its constraint; wording does not count."""
        said: dict[str, Any] = {
            "name": self.name,
            "unit": self.unit,
            "direction": int(self.direction),
            "needs_history": self.declaration.needs_history and self.declaration.needs_history.suffix,
        }
        if isinstance(self.declaration, Aggregate):
            said |= _canonical(self.declaration)
        else:
            said["formula"] = source_of(self.declaration.formula)
            said |= {"numbers": self.declaration.numbers} if self.declaration.numbers else {}
            said |= {"silence_of": self.declaration.silence_of.name} if self.declaration.silence_of else {}
            said["inputs"] = [feature.fingerprint for feature in self.inputs]
        return fingerprint(said)


def _tables_of(feature: Feature) -> tuple[str, ...]:
    declared = feature.declaration
    if not isinstance(declared, Aggregate):
        raise TypeError(f"{feature.name} is derived and reads no table itself")
    return (declared.table.name, *([declared.ending.table] if declared.ending else []))


def _canonical(declared: Aggregate) -> dict[str, Any]:
    table = declared.table
    columns = sorted(declared.reads)
    return {
        "table": {
            "name": table.name,
            "key": table.key,
            "happened": table.happened,
            "ended": table.ended,
            "absence": table.absence,
            "from_loan": table.from_loan,
            "columns": {name: table.columns[name].kind for name in columns},
        },
        "where": {name: repr(wanted) for name, wanted in declared.where.items()},
        "reduce": declared.reduce,
        "column": declared.column,
        "by": declared.by,
        "levels": dict(declared.levels),
        "window": declared.window and declared.window.suffix,
        "in_force": declared.in_force,
        **({"ended_by": repr(declared.ending)} if declared.ending else {}),
        "empty": repr(float(declared.empty)),
    }


class FeatureGroup:
    """Collect the declarations of one class body; a feature's name is the prefix and the attribute.

    `reads` names the groups whose features the derived ones here may take as arguments.
    """

    prefix: ClassVar[str]
    group: ClassVar[Group]
    cards: ClassVar[tuple[Card, ...]]
    reads: ClassVar[tuple[type["FeatureGroup"], ...]] = ()
    features: ClassVar[tuple[Feature, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        known = {feature.name: feature for other in cls.reads for feature in other.features}
        own = []
        for attribute, declared in vars(cls).items():
            if isinstance(declared, Aggregate | Derived):
                feature = _named(cls, attribute, declared, known)
                known[feature.name] = feature
                own.append(feature)
        cls.features = tuple(own)


def _named(
    group: type[FeatureGroup], attribute: str, declared: Aggregate | Derived, known: Mapping[str, Feature]
) -> Feature:
    name = f"{group.prefix}_{attribute}"
    inputs: tuple[Feature, ...] = ()
    if isinstance(declared, Derived):
        unknown = [argument for argument in declared.arguments if argument not in known]
        if unknown or not declared.arguments:
            raise ValueError(f"{name}: no feature above or in reads is called {', '.join(unknown) or '(no arguments)'}")
        inputs = tuple(known[argument] for argument in declared.arguments)
    _check_name(name, declared, inputs)
    cards = group.cards if declared.cards is None else declared.cards
    return Feature(name=name, group=group.group, cards=cards, declaration=declared, inputs=inputs)


def _check_name(name: str, declared: Aggregate | Derived, inputs: tuple[Feature, ...]) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)+", name):
        raise ValueError(f"{name}: a name is lower-case words joined by underscores")
    found = _SUFFIX.search(name)
    suffix = found.group(1) if found else None
    if isinstance(declared, Aggregate):
        # Of what is held the window is the longest term: it bounds what holds, and no name tells of it.
        held = {None} if declared.in_force else set()
        wanted = held | {declared.window.suffix if declared.window else None}
    else:
        wanted = {_window_suffix(feature.name) for feature in inputs} | ({None} if found is None else set())
    if isinstance(declared, Aggregate) and ("_latest" in name) is not (declared.reduce in _OF_LATEST):
        raise ValueError(f"{name}: the name must say latest exactly where the latest row is taken")
    if suffix not in wanted:
        said = ", ".join(sorted(f"_{each}" if each else "no window" for each in wanted))
        raise ValueError(f"{name}: the name says {suffix or 'no window'}, the declaration {said}")


_OF_LATEST = frozenset({Reduce.LATEST, Reduce.DAYS_SINCE_LATEST})


def _window_suffix(name: str) -> str | None:
    found = _SUFFIX.search(name)
    return found.group(1) if found else None
