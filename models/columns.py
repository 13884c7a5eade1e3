"""Which columns does a model read, and how does each become numbers?"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.findings import Finding, first_three
from models.refusals import (
    DirectionUnusable,
    FeatureMismatch,
    InfiniteValues,
    NameRepeated,
    NameReserved,
    TableUnusable,
)

Matrix = npt.NDArray[np.float64]
Kind = Literal["number", "category", "order", "empty"]

RESERVED = ("base", "calibration")
MOST_LEVELS = 200
FEWEST_GAPS = 5


@dataclass(frozen=True)
class Column:
    """Remember of one column what prediction needs: kind, levels, direction, and what stands for a gap.

    `typical` replaces a gap where training saw fewer than five: there the trees have no branch for a gap, and LightGBM
    would read it as zero.
    """

    name: str
    kind: Kind
    levels: tuple[str, ...] = ()
    direction: int = 0
    gaps: bool = False
    typical: float | None = None


@dataclass(frozen=True)
class Layout:
    """Name a model's columns in order and turn any table that has exactly them into numbers."""

    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names in the model's order."""
        return tuple(column.name for column in self.columns)

    @property
    def directions(self) -> list[int]:
        """Return -1, 0 or 1 for each column in order."""
        return [column.direction for column in self.columns]

    @property
    def category_positions(self) -> list[int]:
        """Return the positions of the columns that LightGBM must treat as unordered."""
        return [position for position, column in enumerate(self.columns) if column.kind == "category"]

    def encode(self, X: pd.DataFrame) -> tuple[Matrix, tuple[Finding, ...]]:
        """Return the table as numbers and what was noticed on the way.

        Shapes: rows as in X, one float64 column for each of the layout's; NaN for a gap; levels as their position.
        Raises FeatureMismatch when names, order or kinds differ; InfiniteValues.
        """
        self.check_names(X)
        columns = [_encoded(column, X.iloc[:, position]) for position, column in enumerate(self.columns)]
        matrix = np.column_stack([numbers for numbers, _ in columns]) if columns else np.empty((len(X), 0))
        return matrix, tuple(finding for _, findings in columns for finding in findings)

    def check_names(self, X: pd.DataFrame) -> None:
        """Refuse a table whose names or order are not the model's, naming the first three that differ."""
        given = [str(name) for name in X.columns]
        if tuple(given) == self.names:
            return
        missing = [name for name in self.names if name not in given]
        surplus = [name for name in given if name not in self.names]
        moved = [name for name, place in zip(given, self.names, strict=False) if name != place]
        parts = [f"缺少 {first_three(missing)}"] if missing else []
        parts += [f"多出 {first_three(surplus)}"] if surplus else []
        parts = parts or [f"次序不同或重复：{first_three(moved or given)}"]
        raise FeatureMismatch(f"列与模型不符：{'；'.join(parts)}。", help="请按模型卡中的列名和次序提供数据。")


def layout_of(X: pd.DataFrame, directions: Mapping[str, int] | None = None) -> tuple[Layout, tuple[Finding, ...]]:
    """Read from a training table which columns a model will know, and what is odd about them.

    Raises TableUnusable, NameReserved, NameRepeated, DirectionUnusable, InfiniteValues.
    """
    _check_table(X)
    chosen = _directions_of(directions or {})
    columns = tuple(
        _described(str(name), X.iloc[:, position], chosen.get(str(name), 0)) for position, name in enumerate(X.columns)
    )
    _check_directions(chosen, columns)
    return Layout(columns), _oddities(X, columns)


def _check_table(X: pd.DataFrame) -> None:
    if not isinstance(X, pd.DataFrame) or X.shape[0] == 0 or X.shape[1] == 0:
        raise TableUnusable("需要至少一行一列的数据表（DataFrame）。")
    names = [str(name) for name in X.columns]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise NameRepeated(f"列名重复：{first_three(repeated)}。", help="请改名后再试。")
    reserved = [name for name in names if name in RESERVED]
    if reserved:
        raise NameReserved(f"列名 {first_three(reserved)} 为解释结果所保留。", help="请改名后再试。")


def _directions_of(directions: Mapping[str, int]) -> dict[str, int]:
    # Before they are made whole: half a direction would otherwise be none, in silence.
    odd = [str(name) for name, direction in directions.items() if direction not in (-1, 0, 1)]
    if odd:
        raise DirectionUnusable(f"方向只能是 -1、0 或 1：{first_three(odd)}。")
    return {str(name): int(direction) for name, direction in directions.items()}


def _check_directions(directions: Mapping[str, int], columns: tuple[Column, ...]) -> None:
    unknown = [name for name in directions if name not in {column.name for column in columns}]
    if unknown:
        raise DirectionUnusable(f"为不存在的列规定了方向：{first_three(unknown)}。")
    unordered = [column.name for column in columns if column.kind == "category" and column.direction]
    if unordered:
        raise DirectionUnusable(
            f"无序类别不能规定方向：{first_three(unordered)}。", help="请改为数字或有序类别（ordered Categorical）。"
        )


def _described(name: str, values: pd.Series, direction: int) -> Column:
    gaps = int(values.isna().sum()) >= FEWEST_GAPS
    if values.isna().all():
        return Column(name, "empty", direction=direction, gaps=True)
    if isinstance(values.dtype, pd.CategoricalDtype):
        present = set(values.dropna())
        levels = [level for level in values.cat.categories if level in present]
        if values.cat.ordered:
            texts = tuple(_text(level) for level in levels)
            codes = values.dropna().cat.remove_unused_categories().cat.codes
            return Column(name, "order", texts, direction, gaps, float(round(codes.median())))
        return Column(name, "category", tuple(sorted(map(_text, levels))), direction, gaps)
    numbers = _numbers(name, values)
    if numbers is None:
        return Column(name, "category", tuple(sorted({_text(v) for v in values.dropna()})), direction, gaps)
    return Column(name, "number", (), direction, gaps, float(np.nanmedian(numbers)))


def _encoded(column: Column, values: pd.Series) -> tuple[Matrix, list[Finding]]:
    if column.kind == "empty":
        return np.full(len(values), np.nan), []
    if column.kind == "number":
        numbers = _numbers(column.name, values)
        if numbers is None:
            raise FeatureMismatch(f"列 {column.name} 训练时为数字，现为文字。", help="请提供数字或留空。")
        findings: list[Finding] = []
    else:
        numbers, findings = _positions(column, values)
    gaps = np.isnan(numbers)
    if column.gaps or column.typical is None or not gaps.any():
        return numbers, findings
    message = f"列 {column.name} 训练时几乎没有缺失，现有 {int(gaps.sum())} 处，按训练时的中位数处理。"
    return np.where(gaps, column.typical, numbers), [
        *findings,
        Finding("gap-never-seen", "warning", message, (column.name,)),
    ]


def _positions(column: Column, values: pd.Series) -> tuple[Matrix, list[Finding]]:
    place = {level: float(position) for position, level in enumerate(column.levels)}
    texts = [None if missing else _text(value) for value, missing in zip(values, values.isna(), strict=True)]
    numbers = np.array([np.nan if text is None else place.get(text, np.nan) for text in texts], dtype=np.float64)
    unseen = sorted({text for text in texts if text is not None and text not in place})
    if not unseen:
        return numbers, []
    rows = sum(text is not None and text not in place for text in texts)
    message = f"列 {column.name} 有训练时未见过的取值 {'、'.join(unseen[:3])}（共 {rows} 行），按缺失处理。"
    return numbers, [Finding("level-never-seen", "warning", message, (column.name,))]


def _numbers(name: str, values: pd.Series) -> Matrix | None:
    """Return the column as float64 with NaN for gaps, or None where it holds text."""
    if isinstance(values.dtype, pd.CategoricalDtype | pd.StringDtype):
        return None if values.notna().any() else np.full(len(values), np.nan)
    if values.dtype == object:
        if not all(isinstance(value, bool | int | float | Decimal | np.number | np.bool_) for value in values.dropna()):
            return None
        numbers = np.array([np.nan if gap else float(v) for v, gap in zip(values, values.isna(), strict=True)])
        return _finite(name, numbers)
    plain = pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype)
    if not plain or pd.api.types.is_complex_dtype(values.dtype):
        raise TableUnusable(f"列 {name} 的类型 {values.dtype} 不能用作特征。", help="日期请先换算为天数。")
    return _finite(name, values.to_numpy(dtype=np.float64, na_value=np.nan))


def _finite(name: str, numbers: Matrix) -> Matrix:
    if np.isinf(numbers).any():
        raise InfiniteValues(f"列 {name} 含有无穷大。", help="比率的分母为零时应留空，而不是无穷大。")
    return numbers


def _text(value: object) -> str:
    # A column of whole numbers turns into floats as soon as it has a gap: the level must stay the same.
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _oddities(X: pd.DataFrame, columns: tuple[Column, ...]) -> tuple[Finding, ...]:
    empty = tuple(column.name for column in columns if column.kind == "empty")
    constant = tuple(
        column.name
        for position, column in enumerate(columns)
        if column.kind != "empty" and X.iloc[:, position].nunique(dropna=False) == 1
    )
    few = tuple(
        column.name
        for position, column in enumerate(columns)
        if column.typical is not None and not column.gaps and X.iloc[:, position].isna().any()
    )
    many = tuple(column.name for column in columns if len(column.levels) > MOST_LEVELS)
    written = tuple(
        column.name
        for position, column in enumerate(columns)
        if column.kind == "category" and _is_written_number(X.iloc[:, position])
    )
    told = (
        ("column-empty", empty, "全部缺失，对分数没有贡献"),
        ("column-constant", constant, "只有一个取值，对分数没有贡献"),
        ("column-few-gaps", few, f"缺失不足 {FEWEST_GAPS} 处，按中位数处理"),
        ("column-numbers-as-text", written, "的数字写成了文字，按类别处理；若是数量，请先换成数字"),
        ("column-many-levels", many, f"类别超过 {MOST_LEVELS} 个，可能是编号而不是特征"),
    )
    return tuple(
        Finding(code, "warning", f"列 {first_three(names)} {what}。", names) for code, names, what in told if names
    )


def _is_written_number(values: pd.Series) -> bool:
    """Tell whether every value is text that reads as a number; a declared category is what it says."""
    known = values.dropna()
    if isinstance(values.dtype, pd.CategoricalDtype) or not all(isinstance(value, str) for value in known):
        return False
    return bool(pd.to_numeric(known, errors="coerce").notna().all())
