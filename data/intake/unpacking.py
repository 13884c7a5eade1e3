"""Does a packed file unpack to something that fits, counted in bytes that really come out of it?

Sizes written in a header may lie, and a spreadsheet reader makes a full rectangle of whatever a sheet
names, so both are measured before any reader sees the file.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from data.spec.errors import Refusal

MAX_BYTES = 200_000_000
MAX_MEMBERS = 200
MAX_CELLS = 40_000_000
CHUNK = 1 << 16

_COLUMN = re.compile(rb'<c [^>]*?r="([A-Z]{1,9})\d')
_ROW = re.compile(rb'<row [^>]*?r="(\d+)"')


class FileTooLarge(Refusal):
    """The file unpacks to more than may be read."""

    code = "file-too-large"
    status = 413


class NotAWorkbook(Refusal):
    """The file is neither a workbook nor a text table."""

    code = "not-a-workbook"


def _too_large() -> FileTooLarge:
    return FileTooLarge(
        f"文件解压后超过 {MAX_BYTES // 1_000_000} MB 或 {MAX_MEMBERS} 个部件，已拒绝读取。",
        help="请只保留需要导入的工作表，或拆分成几个文件。",
    )


def inflate_gzip(data: bytes) -> bytes:
    """Unpack a gzip file; raise FileTooLarge or NotAWorkbook."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        text = inflater.decompress(data, MAX_BYTES + 1)
    except zlib.error as error:
        raise NotAWorkbook("压缩文件已损坏，无法解开。", help="请重新获取该文件。") from error
    if len(text) > MAX_BYTES:
        raise _too_large()
    if not inflater.eof:
        raise NotAWorkbook("压缩文件不完整。", help="请重新获取该文件。")
    return text


def guard_archive(data: bytes) -> None:
    """Inflate every member of a zip archive piece by piece; raise FileTooLarge or NotAWorkbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise NotAWorkbook("文件不是完整的工作簿，无法打开。", help="请用表格软件打开后另存为 xlsx。") from error
    if len(members) > MAX_MEMBERS:
        raise _too_large()
    total = 0
    for member in members:
        area = _Area()
        for piece in _inflated(data, member):
            total += len(piece)
            if total > MAX_BYTES:
                raise _too_large()
            if member.filename.startswith("xl/worksheets/"):
                area.see(piece)


def _inflated(data: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    header = data[member.header_offset : member.header_offset + 30]
    if len(header) < 30 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotAWorkbook("工作簿的压缩方式无法识别。", help="请用表格软件打开后另存为 xlsx。")
    names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    start = member.header_offset + 30 + names
    if member.compress_type == zipfile.ZIP_STORED:
        yield data[start : start + member.compress_size]
        return
    inflater = zlib.decompressobj(wbits=-15)
    rest = data[start:]
    try:
        while rest and not inflater.eof:
            yield inflater.decompress(rest, CHUNK)
            rest = inflater.unconsumed_tail
    except zlib.error as error:
        raise NotAWorkbook("工作簿已损坏，无法解开。", help="请重新获取该文件。") from error


class _Area:
    """Measure the rectangle that a sheet's cells span, piece by piece."""

    def __init__(self) -> None:
        self._tail = b""
        self._width = 1
        self._height = 1

    def see(self, piece: bytes) -> None:
        """Look at the next piece; raise FileTooLarge where the rectangle cannot be held."""
        text = self._tail + piece
        self._tail = text[-200:]
        self._width = max([self._width, *(_number(name) for name in set(_COLUMN.findall(text)))])
        rows = _ROW.findall(text)
        self._height = max([self._height, *(int(row[:9]) for row in rows[-1:])])
        if self._width * self._height > MAX_CELLS:
            raise FileTooLarge(
                f"工作表跨 {self._height} 行 {self._width} 列，超过可以读取的范围。",
                help="请删去数据以外的空行、空列后重新保存。",
            )


def _number(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number
