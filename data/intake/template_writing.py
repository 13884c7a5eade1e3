"""How is an import template written, so that what is filled in comes back as it was meant?

Codes are text, so that no spreadsheet turns them into numbers; choices come from a sheet of their own; cells
are checked while they are typed; a hidden sheet names the list, so that the filled template is recognised.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range_abs

from data.intake.header import ListUnknown
from data.intake.list_file import ListFile
from data.intake.lists import LISTS
from data.intake.own_workbooks import DICTIONARY_SHEET, GUIDE_SHEET, INFO_SHEET, Use, WorkbookInfo, version_of, written
from data.intake.template import Asked, Form, asked_of

ROWS = 5000
"""Rows that are checked while they are typed; more may be filled in."""

A4 = 9
LARGEST = 10**13
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
_NUMBER_FORMS = {
    Form.DATE: "yyyy-mm-dd",
    Form.YEAR: "0",
    Form.INTEGER: "#,##0",
    Form.NUMBER: "#,##0.##",
    Form.MONEY: "#,##0.00",
    Form.PERCENT: "0.00%",
}
_ROLES_WIDE = {Form.USCC: 24, Form.PATENT: 20, Form.DATE: 13, Form.YEAR: 9, Form.PERCENT: 12, Form.MONEY: 18}
_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255


def write_template(list_name: str, to: Path, *, force: bool = False) -> Path:
    """Write the template of a list and return where it stands; raise ListUnknown or FileStands."""
    if list_name not in LISTS:
        raise ListUnknown(f"没有名为“{list_name}”的名单。", help=f"可用的有：{'、'.join(LISTS)}。")
    list_file = LISTS[list_name]
    with written(to, force=force) as place, xlsxwriter.Workbook(str(place)) as workbook:
        _Template(workbook, list_file).write()
    return to


class _Template:
    """Write the sheets of one template."""

    def __init__(self, workbook: Any, list_file: ListFile) -> None:
        self._book = workbook
        self._list = list_file
        self._asked = asked_of(list_file)
        self._version = version_of(list_file)

    def write(self) -> None:
        """Write the sheet to be filled in, the guide, the choices and the hidden sheet."""
        sheet = self._book.add_worksheet("填报")
        guide = self._book.add_worksheet(GUIDE_SHEET)
        self._dictionary = self._book.add_worksheet(DICTIONARY_SHEET)
        ranges = self._write_choices()
        for place, asked in enumerate(self._asked):
            self._write_column(sheet, place, asked, ranges)
        self._mark_repeats(sheet)
        self._lay_out(sheet)
        self._write_guide(guide)
        self._write_info(self._book.add_worksheet(INFO_SHEET))
        sheet.activate()

    def _write_choices(self) -> Mapping[str, str]:
        """Write each column's choices one below the other, and return where they stand."""
        bold, text = self._book.add_format({"bold": True, "bg_color": "#DDEBF7"}), self._text()
        ranges: dict[str, str] = {}
        for asked in self._asked:
            if not asked.choices:
                continue
            place = len(ranges)
            self._dictionary.write_string(0, place, asked.header, bold)
            for row, choice in enumerate(asked.choices, start=1):
                self._dictionary.write_string(row, place, choice, text)
            self._dictionary.set_column(place, place, max(map(_wide, (asked.header, *asked.choices))) + 4)
            ranges[asked.meaning] = f"='{DICTIONARY_SHEET}'!{xl_range_abs(1, place, len(asked.choices), place)}"
        self._dictionary.freeze_panes(1, 0)
        return ranges

    def _text(self) -> Any:
        return self._book.add_format({"num_format": "@"})

    def _write_column(self, sheet: Any, place: int, asked: Asked, ranges: Mapping[str, str]) -> None:
        colour = "#1F4E78" if asked.required else "#5B9BD5"
        head = self._book.add_format(
            {"bold": True, "font_color": "white", "bg_color": colour, "border": 1, "align": "center"}
            | {"valign": "vcenter", "text_wrap": True}
        )
        cells = self._book.add_format({"num_format": _NUMBER_FORMS.get(asked.form, "@")})
        width = max(_wide(asked.header) + 4, _ROLES_WIDE.get(asked.form, 0), *map(_wide, asked.choices), 10)
        sheet.set_column(place, place, min(width, 44), cells)
        sheet.write_string(0, place, ("*" if asked.required else "") + asked.header, head)
        sheet.write_comment(0, place, self._remark(asked), {"x_scale": 2.2, "y_scale": 1.7, "author": "鲁科评"})
        sheet.data_validation(1, place, ROWS, place, _rule(asked, ranges))

    def _remark(self, asked: Asked) -> str:
        return "\n".join(f"{title}：{said}" for title, said in _told(asked, self._list))

    def _mark_repeats(self, sheet: Any) -> None:
        """Colour rows that speak of the same record; COUNTIF would take long codes for numbers and lose digits."""
        places = [place for place, asked in enumerate(self._asked) if asked.is_key]
        columns = [xl_col_to_name(place) for place in places]
        same = "*".join(f"(${name}$2:${name}${ROWS + 1}=${name}2)" for name in columns)
        wanted = f'=AND(${columns[0]}2<>"",SUMPRODUCT({same})>1)'
        style = self._book.add_format({"bg_color": "#FFEB9C"})
        for place in places:
            sheet.conditional_format(1, place, ROWS, place, {"type": "formula", "criteria": wanted, "format": style})

    def _lay_out(self, sheet: Any) -> None:
        firm = sum(asked.meaning.startswith("@") or asked.meaning == "name" for asked in self._asked[:2])
        sheet.set_row(0, 34)
        sheet.freeze_panes(1, firm)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
        sheet.set_footer(f"&L{self._list.label}&C第 &P 页，共 &N 页&R鲁科评 导入模板 {self._version}")

    def _write_guide(self, guide: Any) -> None:
        bold = self._book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
        plain = self._book.add_format({"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"})
        guide.write_string(0, 0, f"{self._list.label} 导入模板", self._book.add_format({"bold": True, "font_size": 14}))
        guide.write_string(
            1, 0, f"填好“填报”表后导入：lukeping intake {self._list.name} 本文件。表头深色、带 * 的必填。"
        )
        titles = ("栏目", "含义", "写法", "单位", "必填", "示例", "来源")
        widths = (24, 48, 18, 8, 6, 26, 26)
        for place, (title, width) in enumerate(zip(titles, widths, strict=True)):
            guide.set_column(place, place, width)
            guide.write_string(3, place, title, bold)
        for row, asked in enumerate(self._asked, start=4):
            said = dict(_told(asked, self._list))
            for place, value in enumerate([asked.header, *(said[title] for title in titles[1:])]):
                guide.write_string(row, place, value, plain)
        guide.set_landscape()
        guide.set_paper(A4)
        guide.fit_to_pages(1, 0)

    def _write_info(self, info: Any) -> None:
        write_info(info, WorkbookInfo(self._list.name, self._version, Use.WHOLE))


def write_info(sheet: Any, info: WorkbookInfo) -> None:
    """Write and hide the sheet by which a workbook of ours is recognised."""
    for row, (label, value) in enumerate(info.rows()):
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, value)
    sheet.very_hidden()


def _told(asked: Asked, list_file: ListFile) -> Sequence[tuple[str, str]]:
    return (
        ("含义", asked.means),
        ("写法", str(asked.form)),
        ("单位", asked.unit),
        ("必填", "是" if asked.required else "否"),
        ("示例", asked.example),
        ("来源", list_file.table.publisher or "各报送单位"),
    )


def _rule(asked: Asked, ranges: Mapping[str, str]) -> dict[str, Any]:
    """Say what a cell of the column may hold, and in which words a slip is told."""
    allowed, told = _allowed(asked, ranges)
    said = f"{told}例如：{asked.example}"
    return allowed | {
        "ignore_blank": True,
        "input_title": asked.header[:_LONGEST_TITLE],
        "input_message": (f"{asked.means}。{said}" + ("（必填）" if asked.required else ""))[:_LONGEST_MESSAGE],
        "error_title": f"{asked.header}填写有误"[:_LONGEST_TITLE],
        "error_message": said[:_LONGEST_MESSAGE],
    }


def _allowed(asked: Asked, ranges: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    if asked.form in _CHECKS:
        return _CHECKS[asked.form]
    if asked.form is Form.CHOICE:
        return {"validate": "list", "source": ranges[asked.meaning]}, "请从下拉列表中选择。"
    whole = asked.form is Form.INTEGER
    low = -LARGEST if asked.minimum is None else asked.minimum
    high = LARGEST if asked.maximum is None else asked.maximum
    told = f"请填{'整数' if whole else '数字'}{_bounds(asked)}。"
    return _between("integer" if whole else "decimal", low, high), told


def _bounds(asked: Asked) -> str:
    said = [
        f"{word} {bound:{'.0%' if asked.form is Form.PERCENT else 'g'}}"
        for word, bound in (("不小于", asked.minimum), ("不大于", asked.maximum))
        if bound is not None
    ]
    return "".join(f"，{one}" for one in said)


def _between(kind: str, low: object, high: object) -> dict[str, Any]:
    return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}


_CHECKS: Mapping[Form, tuple[dict[str, Any], str]] = {
    Form.DATE: (_between("date", _FIRST_DAY, _LAST_DAY), "请填日期，写成 年-月-日。"),
    Form.YEAR: (_between("integer", 1950, 2100), "请填四位年份。"),
    Form.USCC: ({"validate": "length", "criteria": "==", "value": 18}, "应为18位统一社会信用代码。"),
    Form.PATENT: (_between("length", 9, 20), "请填专利申请号，含校验位。"),
    Form.TEXT: (_between("length", 1, 200), "请填不超过200字的文字。"),
}


def _wide(text: str) -> int:
    return sum(2 if letter > "\u2e80" else 1 for letter in text)
