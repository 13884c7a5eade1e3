"""Of what parts is a document made that a door prints: sentences, tables, charts, and no markup?"""

from dataclasses import dataclass
from typing import Literal

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Hold a table of words; `numeric` names the columns that stand to the right, `marked` the rows that stand out."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    marked: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Range:
    """Show one value with its bounds on a line of its own, and beside it what it is compared with."""

    label: str
    value: float
    low: float
    high: float
    compared: float | None = None
    marked: bool = False


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Name one line of points, in the chart's units."""

    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True)
class CurveChart:
    """Show curves against two axes; `diagonal` draws the line of y = x."""

    name: str
    alt: str
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    diagonal: bool = False
    kind: Literal["curves"] = "curves"


@dataclass(frozen=True, kw_only=True)
class RangeChart:
    """Show values with bounds beside a reference, logarithmic where `log`."""

    name: str
    alt: str
    x_label: str
    ranges: tuple[Range, ...]
    reference: float | None = None
    log: bool = False
    kind: Literal["ranges"] = "ranges"


@dataclass(frozen=True, kw_only=True)
class BarChart:
    """Show one bar a label, with a mark where a limit lies."""

    name: str
    alt: str
    x_label: str
    bars: tuple[tuple[str, float], ...]
    limit: float | None = None
    kind: Literal["bars"] = "bars"


@dataclass(frozen=True, kw_only=True)
class PanelChart:
    """Show one small curve a panel, all on one vertical scale."""

    name: str
    alt: str
    y_label: str
    panels: tuple[Curve, ...]
    kind: Literal["panels"] = "panels"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Hold a picture that another program has drawn, as SVG text."""

    name: str
    alt: str
    svg: str
    kind: Literal["picture"] = "picture"


Chart = CurveChart | RangeChart | BarChart | PanelChart | Picture


@dataclass(frozen=True, kw_only=True)
class Section:
    """Hold one section: what it says, then its charts, then its tables."""

    title: str
    english: str
    sentences: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Name who signs in a box of their own; institutions put their seal beside it."""

    name: str
    sealed: bool = True


@dataclass(frozen=True, kw_only=True)
class Document:
    """Hold a whole document; `warning` and `identity` stand on every page, `facts` on the first.

    `signatures` are put at the end.
    """

    title: str
    english: str
    facts: tuple[tuple[str, str], ...]
    warning: str
    sections: tuple[Section, ...]
    signatures: tuple[Signature, ...] = ()
    identity: str = ""
