"""What is wrong with some rows of the lists, as with real ones?

A damaged row is one row more: a copy of a sound one, spoilt. What the sound rows say, and so the letter's figures,
stays as it is. Only a name that nobody but a person can read stands in a row of its own right (`name_dirt`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.zibo.name_dirt import DOUBTFUL
from data.zibo.plan import Plan
from data.zibo.sheets import Sheet

DAMAGES: Mapping[str, str] = {
    "uscc-scientific-notation": "a credit code that a spreadsheet turned into 9.137E+17",
    "uscc-check-digit": "a credit code with a wrong check digit",
    "date-impossible": "a day that does not exist",
    "patent-number": "an application number with a wrong check character",
    "below-minimum": "a negative number of people",
    "name-unmatched": "a name that no register knows",
    "duplicate": "a row written twice",
}
"""Every kind of damage; all but the duplicate are to be quarantined under this reason."""

STRANGER = "stranger"
"""How the name of an enterprise is written that the city does not have."""

CODE_SHARE = 0.00018
DUPLICATE_SHARE = 0.0005
ALWAYS: Mapping[str, tuple[str, ...]] = {
    "patent": ("patent-number",),
    "rnd_year": ("below-minimum",),
    "conduct_record": ("uscc-scientific-notation", "uscc-check-digit", "date-impossible", "duplicate"),
    "high_tech_certificate": ("name-unmatched",),
}
"""Damage that each file of a list has, so that a small city knows every kind."""


@dataclass(frozen=True, kw_only=True)
class Damaged:
    """Name one spoilt row: its place among the sheet's data rows, and what is wrong with it."""

    file: str
    place: int
    damage: str


def spoil(plan: Plan, sheet: Sheet) -> tuple[Sheet, list[Damaged]]:
    """Add spoilt copies of some rows to a sheet; a sheet of few rows is left as it is."""
    rng = plan.rng(f"damage.{sheet.file}")
    wanted = _wanted(rng, sheet)
    sound = np.flatnonzero(~_unreadable(sheet))
    if not wanted or len(sheet.cells) < 8:
        return sheet, _doubtful(sheet)
    source = sound[rng.integers(0, len(sound), len(wanted))]
    copies = sheet.cells.iloc[source].copy()
    for column in copies:
        copies[column] = copies[column].astype(object)
    for row, damage in enumerate(wanted):
        _spoil_row(rng, sheet, copies, row, damage)
    return _inserted(sheet, copies, source, wanted)


def _unreadable(sheet: Sheet) -> np.ndarray:
    return np.isin(sheet.dirt.astype(str), list(DOUBTFUL))


def _doubtful(sheet: Sheet) -> list[Damaged]:
    """Name the rows whose enterprise only a person can tell."""
    places = np.flatnonzero(_unreadable(sheet)).tolist()
    return [Damaged(file=sheet.file, place=place, damage="name-unmatched") for place in places]


def _wanted(rng: np.random.Generator, sheet: Sheet) -> list[str]:
    rows = len(sheet.cells)
    damages: list[str] = []
    damages += ALWAYS.get(sheet.list, ())
    if sheet.code_header is not None:
        for kind in ("uscc-scientific-notation", "uscc-check-digit"):
            damages += [kind] * int(rng.binomial(rows, CODE_SHARE * 0.5))
        if sheet.date_header is not None:
            damages += ["date-impossible"] * int(rng.binomial(rows, CODE_SHARE * 0.4))
    elif sheet.list == "high_tech_certificate":
        damages += ["name-unmatched"] * int(rng.binomial(rows, 0.004))
    if sheet.list == "patent":
        damages += ["patent-number"] * int(rng.binomial(rows, CODE_SHARE))
    if sheet.list == "rnd_year":
        damages += ["below-minimum"] * int(rng.binomial(rows, CODE_SHARE * 2))
    damages += ["duplicate"] * int(rng.binomial(rows, DUPLICATE_SHARE))
    return damages


def _spoil_row(rng: np.random.Generator, sheet: Sheet, copies: pd.DataFrame, row: int, damage: str) -> None:
    header = {
        "uscc-scientific-notation": sheet.code_header,
        "uscc-check-digit": sheet.code_header,
        "date-impossible": sheet.date_header,
        "patent-number": "专利申请号",
        "below-minimum": "研发人员",
        "name-unmatched": "企业名称",
    }.get(damage)
    if header is None:
        return
    cells = copies[header].to_numpy(dtype=object, copy=True)
    cells[row] = _spoilt(damage, str(cells[row]), int(rng.integers(1, 28)))
    copies[header] = cells


def _spoilt(damage: str, before: str, number: int) -> object:
    if damage == "uscc-scientific-notation":
        return f"9.137{number % 10}E+17"
    if damage == "uscc-check-digit":
        return before[:-1] + ("1" if before[-1] != "1" else "2")
    if damage == "patent-number":
        return before[:-1] + ("1" if before[-1] != "1" else "2")
    if damage == "date-impossible":
        return f"20{10 + number % 15}-02-30"
    if damage == "below-minimum":
        return -number
    return f"山东外地{number}号科技（演示）有限公司"


def _inserted(
    sheet: Sheet,
    copies: pd.DataFrame,
    source: np.ndarray,
    wanted: list[str],
) -> tuple[Sheet, list[Damaged]]:
    """Put each copy right after the row it was copied from."""
    order = np.argsort(np.concatenate([np.arange(len(sheet.cells)), source + 0.5]), kind="stable")
    cells = pd.concat([sheet.cells.astype(object), copies], ignore_index=True).iloc[order].reset_index(drop=True)
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    blank = np.full(len(wanted), None, dtype=object)
    strange = np.array([STRANGER if damage == "name-unmatched" else None for damage in wanted], dtype=object)
    spoilt = replace(
        sheet,
        cells=cells,
        firms=np.concatenate([sheet.firms, sheet.firms[source]])[order],
        traps=np.concatenate([sheet.traps, blank])[order],
        dirt=np.concatenate([sheet.dirt, np.where(strange == STRANGER, strange, sheet.dirt[source])])[order],
    )
    places = place[len(sheet.cells) :]
    return spoilt, _doubtful(spoilt) + [
        Damaged(file=sheet.file, place=int(at), damage=damage) for at, damage in zip(places, wanted, strict=True)
    ]
