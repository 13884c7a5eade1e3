"""What does a text file say, in which encoding, and where is the byte that spoils it?"""

import codecs
import csv
import io
from dataclasses import dataclass
from typing import Any

from data.intake.unpacking import NotAWorkbook
from data.spec.errors import Refusal

MAX_FIELD = 1_000_000
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SURE_OF_UTF8 = 20


class TextUndecodable(Refusal):
    """The text is in none of the encodings known, or one byte of it is damaged."""

    code = "text-undecodable"


class TextMalformed(Refusal):
    """The text is no table of separated values."""

    code = "text-malformed"


@dataclass(frozen=True)
class Decoded:
    """Carry a text and the encoding it was written in."""

    text: str
    encoding: str


def decode_text(data: bytes) -> Decoded:
    """Decode by mark, else as strict UTF-8, else as strict GB18030; raise TextUndecodable naming the place."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(_strictly(data[len(mark) :], encoding), f"{encoding}（带标记）")
    if b"\0" in data[:4096]:
        raise NotAWorkbook("文件不是工作簿，也不是文本表格。", help="请提供 xlsx、xls 或 csv 文件。")
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        if _multibyte_characters(data[: error.start]) >= _SURE_OF_UTF8:
            raise _undecodable(data, error) from error
    return Decoded(_strictly(data, "gb18030"), "gb18030")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(data, error) from error


def _multibyte_characters(data: bytes) -> int:
    return sum(1 for byte in data if byte >= 0xE0)


def _undecodable(data: bytes, error: UnicodeDecodeError) -> TextUndecodable:
    line = data.count(b"\n", 0, error.start) + 1
    before = data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode(error.encoding, errors="replace")
    return TextUndecodable(
        f"按 {error.encoding} 读取时，第 {line} 行第 {len(before) + 1} 个字符处有无法识别的字节 "
        f"0x{data[error.start]:02X}。",
        help="请在源系统重新导出，或改正该处后再导入。",
    )


def parse_table(text: str) -> list[list[Any]]:
    """Read separated values into rows of texts; raise TextMalformed."""
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise TextMalformed(
            f"第 {reader.line_num} 行的引号或分隔符不合规则，无法继续读取。", help="请用表格软件打开核对后另存为 xlsx。"
        ) from error


def _delimiter(text: str) -> str:
    head = "\n".join(text[:20_000].splitlines()[:20])
    return max((",", "\t", ";"), key=head.count)
