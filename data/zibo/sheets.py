"""Which cells stand in which file?

Takes the typed rows of a list and answers with text and numbers as a clerk would have them: labels for codes, 万元,
short names of districts, days in the list's own fashion.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.intake.list_file import Identity
from data.intake.lists import LISTS
from data.spec.identifiers import DISTRICTS
from data.spec.table import Column, Kind
from data.zibo.firms import names_on
from data.zibo.layout import Dates, Form, Layout, Split
from data.zibo.name_dirt import said_names
from data.zibo.plan import YEARS, Bools, year_of
from data.zibo.world import World

OWNER_HEADER = "报送机构代码"
ORIGIN_HEADER = "来源贷款申请编号"
SMALL_LIST = 4000
"""A list of fewer rows is one file, not one a year."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Hold one file to be written.

    Shapes: `cells` has the file's headers as columns and one row per data row, in file order; `traps` has the name of
    the trap or None per row, `firms` the enterprise's place, `dirt` how a bare name is written, None for as it is;
    `titles` are the rows above the header.
    """

    list: str
    file: str
    form: Form
    titles: tuple[str, ...]
    cells: pd.DataFrame
    firms: np.ndarray
    traps: np.ndarray
    dirt: np.ndarray
    total: str | None
    note: str | None
    date_header: str | None
    code_header: str | None


def sheets_of(world: World, layout: Layout, rows: pd.DataFrame) -> list[Sheet]:
    """Cut a list's rows into files and render their cells."""
    whole = _sheet(world, layout, rows.sort_values("known", kind="stable").reset_index(drop=True))
    known = np.sort(rows["known"].to_numpy().astype("M8[D]"), kind="stable")
    if layout.split is Split.ANNOUNCED:
        days = np.unique(known)
        return [_announced(layout, whole, known == when, when, number) for number, when in enumerate(days)]
    years = np.clip(year_of(known), YEARS[0], YEARS[-1])
    if layout.split is Split.ONE or len(rows) < SMALL_LIST:
        return [_part(layout, whole, np.full(len(rows), True), name="", title=f"{layout.title}（2017—2025年）")]
    return [
        _part(layout, whole, years == year, name=f"_{year}", title=f"{year}年{layout.title}")
        for year in np.unique(years)
    ]


def _announced(layout: Layout, whole: Sheet, inside: Bools, when: np.datetime64, number: int) -> Sheet:
    """Make one announcement's file; every second one is a text file, as bureaux differ."""
    text = str(when)
    stamp = f"公告日期：{text[:4]}年{int(text[5:7])}月{int(text[8:])}日"
    form = Form.GB18030 if number % 2 else layout.form
    name, title = "_" + text.replace("-", ""), f"{text[:4]}年{layout.title}"
    made = _part(replace(layout, form=form), whole, inside, name=name, title=title)
    return replace(made, titles=(*made.titles, stamp))


def directory_sheet(world: World, layout: Layout, rows: pd.DataFrame) -> Sheet:
    """Render the directory without dead firms: no day per row, only the file's own."""
    plain = replace(layout, known=None, form=Form.UTF8, serial=False)
    whole = _sheet(world, plain, rows.reset_index(drop=True))
    name, title = "_2025年12月在营企业", "2025年12月在营企业名录"
    made = _part(plain, whole, np.full(len(rows), True), name=name, title=title)
    return replace(made, titles=(*made.titles, "公告日期：2025年12月15日"))


def _part(layout: Layout, whole: Sheet, inside: Bools, *, name: str, title: str) -> Sheet:
    """Take some rows of a rendered list as one file."""
    cells = whole.cells[inside].reset_index(drop=True)
    if layout.serial:
        cells.insert(0, "序号", np.arange(1, len(cells) + 1))
    titles = (f"演示数据　{title}", *(["单位：万元（另有注明的除外）"] if layout.wan else []))
    return replace(
        whole,
        file=f"{layout.title}{name}.{'xlsx' if layout.form is Form.XLSX else 'csv'}",
        form=layout.form,
        titles=titles,
        cells=cells,
        firms=whole.firms[inside],
        traps=whole.traps[inside],
        dirt=whole.dirt[inside],
    )


def _sheet(world: World, layout: Layout, rows: pd.DataFrame) -> Sheet:
    """Render a whole list, still without file and titles."""
    declared = LISTS[layout.list]
    table = declared.table
    happened = table.columns[table.happened]
    said, dirt = None, np.full(len(rows), None, dtype=object)
    if declared.identity is Identity.BY_NAME:
        said, dirt = said_names(world.plan, world.people, rows, list_name=layout.list)
    return Sheet(
        list=layout.list,
        file="",
        form=layout.form,
        titles=(),
        cells=_cells(world, layout, rows, said=said),
        firms=rows["firm"].to_numpy(),
        traps=rows["trap"].to_numpy(dtype=object) if "trap" in rows else np.full(len(rows), None, dtype=object),
        dirt=dirt,
        total=_header(layout, layout.total, table.columns[layout.total]) if layout.total else None,
        note=layout.note,
        date_header=_header(layout, table.happened, happened) if happened.kind is Kind.DATE else None,
        code_header=layout.code_header if declared.identity is Identity.BY_CODE else None,
    )


def _header(layout: Layout, name: str, column: Column) -> str:
    label = layout.headers.get(name, column.label)
    return f"{label}（万元）" if layout.wan and column.kind is Kind.MONEY else label


def _cells(world: World, layout: Layout, rows: pd.DataFrame, *, said: list[str] | None) -> pd.DataFrame:
    declared = LISTS[layout.list]
    cells: dict[str, object] = {}
    cells |= _identity_cells(world, layout, rows) if said is None else {"企业名称": said}
    for name, column in declared.table.columns.items():
        if name == "name" or name not in rows or name in declared.constants:
            continue
        cells[_header(layout, name, column)] = _rendered(layout, column, rows[name])
    if layout.known is not None:
        cells[layout.known] = _days(rows["known"], layout.dates)
    if "origin" in rows and declared.origin is None:
        cells[ORIGIN_HEADER] = rows["origin"]
    if "owner" in rows:
        cells[OWNER_HEADER] = rows["owner"]
    return pd.DataFrame(cells)


def _identity_cells(world: World, layout: Layout, rows: pd.DataFrame) -> dict[str, object]:
    places = rows["firm"].to_numpy()
    names = names_on(world.people, places, rows["known"].to_numpy())
    return {"企业名称": names, layout.code_header: world.people["code"].to_numpy()[places]}


def _rendered(layout: Layout, column: Column, values: pd.Series) -> pd.Series:
    """Render one column's typed values as cells; blanks stay None."""
    if column.kind is Kind.CODE:
        names = column.choices
        if column.choices is DISTRICTS and layout.short_districts:
            names = {code: label.removesuffix("区").removesuffix("县") for code, label in DISTRICTS.items()}
        return values.map(names)
    if column.kind is Kind.DATE:
        return _days(values, layout.dates)
    if column.kind is Kind.YEAR:
        return pd.Series(values.dt.year)
    if column.kind is Kind.FLAG:
        return values.map({True: "是", False: "否"})
    if column.kind is Kind.MONEY:
        return (values / 1e4).round(6) if layout.wan else values.round(2)
    return values


def _days(values: pd.Series, fashion: Dates) -> pd.Series:
    """Write days in a list's fashion, each distinct day once."""
    days = pd.Series(pd.to_datetime(values).to_numpy().astype("M8[s]"))
    if fashion is Dates.CELL:
        return days.astype(object).where(days.notna(), None)
    codes, distinct = pd.factorize(days)
    words = np.array([_day_text(when, fashion) for when in pd.DatetimeIndex(distinct)] + [None], dtype=object)
    return pd.Series(words[codes])


def _day_text(when: pd.Timestamp, fashion: Dates) -> str:
    if fashion is Dates.DOT:
        return f"{when.year}.{when.month}.{when.day}"
    if fashion is Dates.SLASH:
        return f"{when.year}/{when.month}/{when.day}"
    if fashion is Dates.HAN:
        return f"{when.year}年{when.month}月{when.day}日"
    return when.strftime(fashion.value)
