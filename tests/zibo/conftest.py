"""Which cities do these tests look at, and how do they read a list without the intake?"""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from data.intake.lists import LISTS
from data.spec.identifiers import DISTRICTS, is_uscc
from data.spec.table import Kind
from data.zibo import CityReport, write_city

Rows = list[list[object]]


@dataclass(frozen=True)
class WrittenCity:
    """A written city, and a plain reader of its lists."""

    report: CityReport

    @property
    def lists(self) -> Path:
        return self.report.directory / "lists"

    def truth(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.report.directory / "truth" / f"{name}.csv")

    def grid(self, file: str) -> Rows:
        return read_grid(self.lists / file)

    def read(self, list_name: str) -> pd.DataFrame:
        files = [file.name for file in self.report.files if file.list == list_name]
        return pd.concat([self._read_file(list_name, name) for name in files], ignore_index=True)

    def latest(self, list_name: str, key: list[str], *, known: str) -> pd.DataFrame:
        """Return of each record the version last known on a day."""
        rows = self.read(list_name)
        rows = rows[rows["known_on"] <= pd.Timestamp(known)].sort_values("known_on", kind="stable")
        return rows.drop_duplicates(key, keep="last")

    def _read_file(self, list_name: str, file: str) -> pd.DataFrame:
        declared = LISTS[list_name]
        grid = self.grid(file)
        top = next(place for place, row in enumerate(grid) if "企业名称" in row)
        announced = [found for row in grid[:top] for found in re.findall(r"公告日期：(\S+日)", str(row[0]))]
        body = [row for row in grid[top + 1 :] if row[0] != "合计" and not str(row[0]).startswith("注：")]
        cells = pd.DataFrame(body, columns=[str(header) for header in grid[top]], dtype=object)
        rows = pd.DataFrame({"name": cells["企业名称"].map(plain_name), "file": file})
        codes = [header for header in cells if header in {"统一社会信用代码", "纳税人识别号"}]
        rows["code"] = cells[codes[0]] if codes else None
        for name, column in declared.table.columns.items():
            header = self._header(cells, (column.label, *declared.headers.get(name, ())))
            if header is not None and name != "name":
                rows[name] = typed(cells[header], column.kind, header)
        known = self._header(cells, declared.known.headers)
        rows["known_on"] = typed(cells[known] if known else pd.Series(announced * len(cells)), Kind.DATE, "")
        sound = rows["code"].isna() | rows["code"].map(lambda code: is_uscc(str(code)))
        return rows[sound & rows[declared.table.happened].notna()] if declared.table.happened in rows else rows[sound]

    @staticmethod
    def _header(cells: pd.DataFrame, names: tuple[str, ...]) -> str | None:
        return next((str(header) for header in cells if str(header).removesuffix("（万元）") in names), None)


def read_grid(path: Path) -> Rows:
    if path.suffix == ".xlsx":
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        return [list(row) for row in sheet.iter_rows()]
    raw = path.read_bytes()
    text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "gb18030")
    return [list(row) for row in csv.reader(text.splitlines())]


def plain_name(name: object) -> str:
    text = str(name).replace(" ", "").replace("(", "（").replace(")", "）")
    return text.replace("有限责任公司", "有限公司")


def typed(cells: pd.Series, kind: Kind, header: str) -> pd.Series:
    if kind is Kind.DATE:
        texts = cells.astype(str).str.strip()
        digits = texts.str.replace(r"[年月./]", "-", regex=True).str.replace("日", "", regex=False)
        digits = digits.str.replace(r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3", regex=True)
        return pd.to_datetime(digits, errors="coerce", format="%Y-%m-%d")
    if kind in {Kind.MONEY, Kind.NUMBER, Kind.INTEGER}:
        numbers = pd.to_numeric(cells, errors="coerce")
        return (numbers * (1e4 if "万元" in header else 1)).round(6)
    return cells.where(cells.astype(str) != "", None)


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, int], WrittenCity]:
    def written(enterprises: int, seed: int) -> WrittenCity:
        directory = tmp_path_factory.mktemp("city")
        return WrittenCity(write_city(directory, seed=seed, enterprises=enterprises))

    return written


@pytest.fixture(scope="session")
def small(write: Callable[[int, int], WrittenCity]) -> WrittenCity:
    """A city of 300 enterprises."""
    return write(300, 2026)


@pytest.fixture(scope="session")
def full(write: Callable[[int, int], WrittenCity]) -> WrittenCity:
    """The city of 5,000 enterprises, in which the letter's figures hold."""
    return write(5000, 2026)


@pytest.fixture(scope="session")
def district_names() -> dict[str, str]:
    return {label.removesuffix("区").removesuffix("县"): code for code, label in DISTRICTS.items()}
