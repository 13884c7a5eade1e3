"""How is a document set as PDF, and with which Chinese font?"""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from api.reports.svg import svg_of
from data.spec.errors import Refusal
from risk.document import Document, Section, Table

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).with_name("document.typ")
FAMILIES = (
    "Noto Sans SC",
    "Source Han Sans SC",
    "思源黑体",
    "Noto Sans CJK SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Heiti SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "SimSun",
)
"""Families with Chinese characters, in order of preference."""


class FontMissing(Refusal):
    """No font with Chinese characters is at hand."""

    code = "font-missing"


def pdf_of(document: Document, *, fonts: Path | None, at: datetime) -> bytes:
    """Return the document as PDF; the same document, fonts and instant give the same bytes.

    `fonts` is a folder that alone is looked through; without it, the system's fonts are.

    Raises FontMissing.
    """
    import typst

    found = _fonts(fonts)
    family = family_of(found, fonts)
    content = json.dumps(_plain(document, family), ensure_ascii=False)
    return typst.compile(
        TEMPLATE,
        font_paths=found,
        sys_inputs={"document": content, "font": family},
        timestamp=int(at.timestamp()),
        pdf_standards="a-2b",
    )


def family_of(found: "typst.Fonts", folder: Path | None = None) -> str:
    """Return the Chinese family to be used.

    Raises FontMissing where there is none.
    """
    held = set(found.families())
    family = next((name for name in FAMILIES if name in held), None)
    if family is None:
        where = f"文件夹 {folder} 中" if folder is not None else "系统中"
        raise FontMissing(
            f"{where}没有找到中文字体，不能生成 PDF。",
            help="请安装 Noto Sans CJK（Debian：fonts-noto-cjk）或思源黑体，或以 LUKEPING_REPORT_FONTS 指定文件夹。",
        )
    return family


@cache
def _fonts(folder: Path | None) -> "typst.Fonts":
    """Read the fonts once for all reports: all of a system's cost half a gigabyte of memory."""
    import typst

    if folder is None:
        return typst.Fonts(include_system_fonts=True)
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])


def _plain(document: Document, family: str) -> dict[str, object]:
    return {
        "title": document.title,
        "english": document.english,
        "facts": document.facts,
        "warning": document.warning,
        "sections": [_section(section, family) for section in document.sections],
        "signatures": [{"name": one.name, "sealed": one.sealed} for one in document.signatures],
        "identity": document.identity,
    }


def _section(section: Section, family: str) -> dict[str, object]:
    return {
        "title": section.title,
        "english": section.english,
        "sentences": section.sentences,
        "charts": [{"svg": svg_of(chart, font=family), "alt": chart.alt} for chart in section.charts],
        "tables": [_table(table) for table in section.tables],
    }


def _table(table: Table) -> dict[str, object]:
    return {
        "title": table.title,
        "head": table.head,
        "rows": table.rows,
        "numeric": sorted(table.numeric),
        "marked": sorted(table.marked),
    }
