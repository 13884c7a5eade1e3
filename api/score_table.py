"""How does a table of scores leave the house, so that no cell of it is ever run as a formula?"""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from api.terminal.door import UsageRefused
from risk.assessment import STATUS_LABELS, Assessment, Reason

HEADER = (
    "企业名称", "统一社会信用代码", "评估日", "状态", "原因代码", "信用分", "等级",
    "违约概率", "区间下限", "区间上限", "期限（月）", "首要加分理由", "首要减分理由", "有效期至", "数据",
)  # fmt: skip
NUMBERS = frozenset({5, 7, 8, 9, 10})
"""Columns that are numbers by kind; every other cell is text and is guarded."""

ACTIVE = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
KINDS = (".csv", ".xlsx")


def check_suffix(output: Path | None) -> None:
    """Refuse a file that is neither csv nor xlsx."""
    if output is not None and output.suffix.lower() not in KINDS:
        raise UsageRefused(f"不能写成“{output.suffix or output.name}”。", help="请以 .csv 或 .xlsx 结尾。")


def guarded(cell: str) -> str:
    """Quote a cell that a spreadsheet would run.

    Source: ASVS 5.0 V1.2.10.

    >>> guarded("=1+1"), guarded("  ＝HYPERLINK()"), guarded("淄博-陶瓷")
    ("'=1+1", "'  ＝HYPERLINK()", '淄博-陶瓷')
    """
    return f"'{cell}" if cell.lstrip(" \u3000\n").startswith(ACTIVE) else cell


def row_of(answer: Assessment) -> tuple[str | float | None, ...]:
    """Return an assessment's row, text cells guarded."""
    cells: tuple[str | float | None, ...] = (
        answer.enterprise_name,
        answer.identifier,
        answer.as_of.isoformat(),
        STATUS_LABELS[answer.status],
        answer.code,
        answer.score,
        answer.grade,
        answer.pd,
        answer.pd_low,
        answer.pd_high,
        answer.model.horizon_months if answer.model else None,
        _first(answer.reasons_for),
        _first(answer.reasons_against),
        answer.valid_until.isoformat(),
        "演示" if answer.demonstration else "真实",
    )
    return tuple(guarded(cell) if isinstance(cell, str) else cell for cell in cells)


def _first(reasons: Sequence[Reason]) -> str:
    return reasons[0].sentence if reasons else ""


def write_table(answers: Iterable[Assessment], path: Path | None, *, kind: str) -> None:
    """Write the rows as csv (UTF-8 with BOM, every cell quoted) or xlsx; path None writes csv to stdout."""
    rows = [row_of(answer) for answer in answers]
    if kind == ".xlsx" and path is not None:
        _write_workbook(rows, path)
    elif path is not None:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows([HEADER, *rows])
    else:
        csv.writer(sys.stdout, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([HEADER, *rows])


def _write_workbook(rows: Sequence[Sequence[str | float | None]], path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("评分结果")
    bold, share = book.add_format({"bold": True}), book.add_format({"num_format": "0.00%"})
    sheet.freeze_panes(1, 2)
    for column, title in enumerate(HEADER):
        sheet.write_string(0, column, title, bold)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if cell is None:
                continue
            if column in NUMBERS:
                sheet.write_number(number, column, float(cell), share if column in (7, 8, 9) else None)
            else:
                sheet.write_string(number, column, str(cell))
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 22)
    sheet.set_column(11, 12, 48)
    book.close()


def summary(answers: Sequence[Assessment]) -> dict[str, object]:
    """Count the answers by status and by grade."""
    return {
        "enterprises": len(answers),
        "statuses": dict(sorted(Counter(str(answer.status) for answer in answers).items())),
        "grades": dict(sorted(Counter(answer.grade for answer in answers if answer.grade).items())),
    }
