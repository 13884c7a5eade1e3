"""How fast is an official workbook read, against pandas with openpyxl, the usual way?"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from data.intake import load_file
from data.intake.sheet import read_source_file
from data.spec.identifiers import with_uscc_check_digit
from data.store import Store

ROWS = 20_000
REPEATS = 3
AT = datetime(2026, 1, 1, tzinfo=UTC)
HEADERS = ("统一社会信用代码", "企业名称", "年度", "统计口径", "研发费用（万元）", "研发人员", "从业人员", "报送日期")


def run() -> dict[str, float]:
    """Write one workbook of ROWS rows, read it both ways, load it whole, and print the medians."""
    with tempfile.TemporaryDirectory() as place:
        path = _write(Path(place) / "研发投入统计_2023.xlsx")
        ours = _median(lambda: read_source_file(path))
        theirs = _median(lambda: pd.read_excel(path, dtype=str))
        loaded = _median(lambda: _load(path))
    print(f"{'':28}{'秒（中位数）':>12}")
    for label, seconds in (
        ("读取：本项目（calamine）", ours),
        ("读取：pandas + openpyxl", theirs),
        ("读取、核对、入库", loaded),
    ):
        print(f"{label:28}{seconds:>12.2f}")
    return {
        "rows": ROWS,
        "vs_openpyxl": round(ours / theirs, 3),
        "load_vs_openpyxl_read": round(loaded / theirs, 3),
        "loaded_rows_per_second": round(ROWS / loaded),
    }


def _write(path: Path) -> Path:
    draw = np.random.default_rng(7)
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["研发投入统计（基准用虚构数据）"])
    sheet.write_row(1, 0, HEADERS)
    for row in range(ROWS):
        code = with_uscc_check_digit(f"91370303MA{row:07d}")
        cells = (code, f"基准（演示）第{row}号有限公司", 2023, "会计", round(float(draw.lognormal(5, 1)), 2))
        sheet.write_row(row + 2, 0, (*cells, int(draw.integers(1, 50)), 100, "2024-05-31"))
    book.close()
    return path


def _load(path: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        store = Store.create(f"sqlite:///{place}/store.db", at=AT, demonstration_today=date(2026, 1, 1))
        load_file(store, path, at=AT, actor="bench")
        store.close()


def _median(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
        print(".", end="", file=sys.stderr, flush=True)
    return sorted(seconds)[REPEATS // 2]
