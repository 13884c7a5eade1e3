"""What does a chart look like, as one SVG that Markdown and PDF share?

Plain text from plain numbers: no plotting library, no style sheet, no script. One function a kind.
"""

import math
from collections.abc import Iterator, Sequence
from html import escape

from risk.document import BarChart, Chart, Curve, CurveChart, PanelChart, Picture, RangeChart

FONT = "Noto Sans CJK SC"
"""The family where none is found: what Debian's fonts-noto-cjk calls it."""

INK, MUTED, GRID, BLUE, RED = "#1f2933", "#616e7c", "#e4e7eb", "#1f5fa8", "#b3261e"
WIDTH = 640
SIZE = 12
LINE = 19
"""Height of one line of a chart of ranges or bars."""


def svg_of(chart: Chart, *, font: str = FONT) -> str:
    """Return the chart as SVG text, the same for the same chart and font."""
    if isinstance(chart, Picture):
        return chart.svg
    if isinstance(chart, CurveChart):
        return _framed(chart, _curves(chart), 380, font)
    if isinstance(chart, RangeChart):
        return _framed(chart, _ranges(chart), len(chart.ranges) * LINE + 62, font)
    if isinstance(chart, BarChart):
        return _framed(chart, _bars(chart), len(chart.bars) * LINE + 50, font)
    return _framed(chart, _panels(chart), math.ceil(len(chart.panels) / 4) * 122 + 26, font)


def _framed(chart: Chart, parts: Iterator[str], height: float, font: str) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" '
        f'height="{height:g}" font-family="{escape(font)}, sans-serif" font-size="{SIZE}" role="img">'
    )
    return "\n".join([head, f"<title>{escape(chart.alt)}</title>", *parts, "</svg>\n"])


def _text(x: float, y: float, words: str, *, anchor: str = "start", fill: str = INK, size: int = SIZE) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-size="{size}">{escape(words)}</text>'
    )


def _stroke(points: Sequence[tuple[float, float]], colour: str, width: float = 1.0, dash: str = "") -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


def _curves(chart: CurveChart) -> Iterator[str]:
    """Draw curves on the unit square: axes of fifths, the diagonal, one colour a curve."""
    left, top, side = 150.0, 12.0, 310.0

    def place(x: float, y: float) -> tuple[float, float]:
        return left + x * side, top + (1 - y) * side

    for fifth in range(6):
        share = fifth / 5
        yield _stroke([place(0, share), place(1, share)], GRID)
        yield _stroke([place(share, 0), place(share, 1)], GRID)
        yield _text(left - 6, place(0, share)[1] + 4, f"{share:.0%}", anchor="end", fill=MUTED, size=11)
        yield _text(place(share, 0)[0], top + side + 16, f"{share:.0%}", anchor="middle", fill=MUTED, size=11)
    if chart.diagonal:
        yield _stroke([place(0, 0), place(1, 1)], MUTED, dash="4 4")
    for number, curve in enumerate(chart.curves):
        colour = (BLUE, RED, MUTED)[number % 3]
        yield _stroke([place(x, y) for x, y in curve.points], colour, 2)
        yield _text(left + side - 8, top + side - 12 - 18 * number, curve.label, anchor="end", fill=colour)
    yield _text(left + side / 2, top + side + 38, chart.x_label, anchor="middle", fill=MUTED)
    middle = top + side / 2
    label = _text(left - 52, middle, chart.y_label, anchor="middle", fill=MUTED)
    yield label.replace("<text ", f'<text transform="rotate(-90 {left - 52:.1f} {middle:.1f})" ', 1)


def _ranges(chart: RangeChart) -> Iterator[str]:
    """Draw one line a range: bounds as a stroke, the value as a dot, what it is compared with as a diamond."""
    left, right, top = 190.0, WIDTH - 24.0, 8.0
    least, most = _span(chart)
    bottom = top + len(chart.ranges) * LINE

    def place(value: float) -> float:
        held = min(max(value, least), most)
        share = (
            math.log(held / least) / math.log(most / least) if chart.log else (held - least) / ((most - least) or 1.0)
        )
        return left + share * (right - left)

    for tick in _ticks(chart, least, most):
        yield _stroke([(place(tick), top), (place(tick), bottom)], GRID)
        yield _text(place(tick), bottom + 15, f"{tick:.3g}", anchor="middle", fill=MUTED, size=11)
    if chart.reference is not None:
        yield _stroke([(place(chart.reference), top), (place(chart.reference), bottom)], MUTED, 1.2, "4 3")
    for number, one in enumerate(chart.ranges):
        y, colour = top + (number + 0.5) * LINE, RED if one.marked else BLUE
        yield _text(left - 10, y + 4, one.label, anchor="end", fill=colour if one.marked else INK)
        yield _stroke([(place(one.low), y), (place(one.high), y)], colour, 2)
        yield f'<circle cx="{place(one.value):.1f}" cy="{y:.1f}" r="3.6" fill="{colour}"/>'
        if one.compared is not None:
            x = place(one.compared)
            yield f'<path d="M{x - 5:.1f} {y:.1f}l5 -5l5 5l-5 5z" fill="none" stroke="{INK}" stroke-width="1.3"/>'
    yield _text((left + right) / 2, bottom + 38, chart.x_label, anchor="middle", fill=MUTED)


def _span(chart: RangeChart) -> tuple[float, float]:
    """Return the least and the most that is drawn; a logarithm has no zero and no endless bound."""
    values = [one.value for one in chart.ranges] + [one.compared for one in chart.ranges if one.compared is not None]
    lows, highs = [one.low for one in chart.ranges], [one.high for one in chart.ranges]
    known = [*values, *lows, *highs, *([chart.reference] if chart.reference is not None else [])]
    if not chart.log:
        return min(known), max(known)
    middle = [value for value in known if value > 0] or [1.0]
    return max(min(middle), max(middle) / 2000, 0.05 if chart.reference == 1 else 0.0), min(
        max(middle), 20.0 if chart.reference == 1 else max(middle)
    )


def _ticks(chart: RangeChart, least: float, most: float) -> list[float]:
    if not chart.log:
        return [least + (most - least) * fifth / 5 for fifth in range(6)]
    found = [
        digit * 10.0**power
        for power in range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
        for digit in (1, 2, 5)
    ]
    return [tick for tick in found if least <= tick <= most]


def _bars(chart: BarChart) -> Iterator[str]:
    """Draw one bar a label with its number at the end, and the limit where there is one."""
    left, right, top = 250.0, WIDTH - 60.0, 8.0
    most = max([value for _, value in chart.bars] + ([chart.limit] if chart.limit is not None else [])) or 1.0
    bottom = top + len(chart.bars) * LINE
    for number, (label, value) in enumerate(chart.bars):
        y, length = top + number * LINE, max(1.0, value / most * (right - left))
        yield _text(left - 10, y + 14, label, anchor="end")
        yield f'<rect x="{left:.1f}" y="{y + 4:.1f}" width="{length:.1f}" height="{LINE - 7}" fill="{BLUE}"/>'
        yield _text(left + length + 6, y + 14, f"{value:.1f}", fill=MUTED, size=11)
    if chart.limit is not None:
        x = left + chart.limit / most * (right - left)
        yield _stroke([(x, top), (x, bottom)], RED, 1.2, "4 3")
    yield _text((left + right) / 2, bottom + 24, chart.x_label, anchor="middle", fill=MUTED)


def _panels(chart: PanelChart) -> Iterator[str]:
    """Draw small curves, four in a line, all on one vertical scale so that a small effect looks small."""
    heights = [y for panel in chart.panels for _, y in panel.points]
    least, most = min(heights), max(heights)
    for number, panel in enumerate(chart.panels):
        left, top = 8 + (number % 4) * 158, 8 + (number // 4) * 122
        yield from _panel(panel, left, top, least, most)
    yield _text(WIDTH / 2, math.ceil(len(chart.panels) / 4) * 122 + 18, chart.y_label, anchor="middle", fill=MUTED)


def _panel(panel: Curve, left: float, top: float, least: float, most: float) -> Iterator[str]:
    width, height = 148.0, 84.0
    yield f'<rect x="{left}" y="{top + 16}" width="{width:g}" height="{height:g}" fill="none" stroke="{GRID}"/>'
    # A long label would run into its neighbour: it is cut, and the table beside has it whole.
    label = panel.label if len(panel.label) <= 12 else panel.label[:11] + "…"
    yield _text(left, top + 11, label, size=11)
    span = (most - least) or 1.0
    points = [(left + x * width, top + 16 + (1 - (y - least) / span) * height) for x, y in panel.points]
    yield _stroke(points, BLUE, 1.8)
