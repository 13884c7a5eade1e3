"""How is a plain separated file of a source from elsewhere read, at the size of a year's invoices?"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data.intake.drafting import RowFault, Skipped
from data.intake.text_table import decode_text
from data.intake.unpacking import inflate_gzip
from data.spec.errors import Refusal


class SourceIncomplete(Refusal):
    """The folder lacks a file of the source, or a file lacks a column."""

    code = "source-incomplete"


@dataclass(frozen=True)
class PlainFile:
    """Carry a file's rows as texts.

    Shapes: rows has file_row int64 (the header is row 1) and one str column a header.
    """

    name: str
    sha256: str
    encoding: str
    rows: pd.DataFrame
    skipped: Skipped


def read_plain(path: Path, *, columns: tuple[str, ...] = ()) -> PlainFile:
    """Read a CSV, gzipped or not, every cell as text; blank lines are skipped and counted.

    Raises SourceIncomplete for a file or one of `columns` that is not there; TextUndecodable.
    """
    if not path.is_file():
        raise SourceIncomplete(f"缺少文件“{path.name}”。", help="请给出完整的数据目录。")
    data = path.read_bytes()
    decoded = decode_text(inflate_gzip(data) if path.suffix == ".gz" else data)
    rows = pd.read_csv(io.StringIO(decoded.text), dtype=str, keep_default_na=False, skip_blank_lines=False)
    missing = [name for name in columns if name not in rows.columns]
    if missing:
        raise SourceIncomplete(f"文件“{path.name}”缺少列：{'、'.join(missing)}。", help="请核对数据字典。")
    rows.insert(0, "file_row", range(2, len(rows) + 2))
    blank = (rows.drop(columns="file_row") == "").all(axis=1)
    return PlainFile(
        path.name,
        hashlib.sha256(data).hexdigest(),
        decoded.encoding,
        rows[~blank].reset_index(drop=True),
        Skipped(header=1, blank=int(blank.sum())),
    )


def faults_where(
    rows: pd.DataFrame, spoilt: "pd.Series[bool]", *, code: str, say: Callable[[pd.Series], str]
) -> list[RowFault]:
    """Return a fault for each spoilt row, told by its own cells."""
    return [RowFault(int(row["file_row"]), code, say(row)) for _, row in rows[spoilt].iterrows()]
