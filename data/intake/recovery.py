"""Where a spreadsheet destroyed a credit code, which code does the register know by the row's name?

The code found is suggested and never filled in: the person who keeps the list says which firm was meant.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd

from data.intake.drafting import RowFault
from data.intake.header import CODE
from data.intake.name_words import normalise_name, told_names
from data.intake.naming import NameBook, asked_of
from data.spec.access import Access
from data.spec.identifiers import Scheme
from data.store import Work
from data.store.reads import read_lives, read_names, read_numbers

LOST = frozenset({"uscc-scientific-notation", "uscc-malformed", "uscc-check-digit"})


def recover_codes(
    work: Work, faults: Sequence[RowFault], frame: pd.DataFrame, *, access: Access
) -> tuple[RowFault, ...]:
    """Add to each fault of a row's own code the code that the register knows by the row's name, if exactly one.

    Shapes: frame has file_row int64 and name str.
    """
    if "name" not in frame or not any(_is_lost(fault) for fault in faults):
        return tuple(faults)
    codes = {number: code for code, number in read_numbers(work, Scheme.USCC, access=access).items()}
    names = frame.drop_duplicates("file_row").set_index("file_row")["name"].dropna().to_dict()
    book = _book(work, names.values(), access=access)
    return tuple(_recovered(fault, book, codes, names.get(fault.file_row)) for fault in faults)


def told_of_codes(faults: Sequence[RowFault]) -> tuple[str, ...]:
    """Say how many codes could be found by name."""
    found = sum(_is_lost(fault) and bool(fault.suggestion) for fault in faults)
    return (f"{found} 行的信用代码可按名称找回，建议的代码见带批注的工作簿或 lukeping quarantine",) if found else ()


def _is_lost(fault: RowFault) -> bool:
    return fault.code in LOST and CODE in fault.columns


def _book(work: Work, names: Iterable[str], *, access: Access) -> NameBook:
    asked = {normalise_name(part) for name in names for part in told_names(name)}
    known = read_names(work, access=access)
    about = set(known.loc[known["normalised"].isin(asked), "enterprise_id"].tolist())
    return NameBook(known, read_lives(work, access=access, enterprises=about), asked=asked)


def _recovered(fault: RowFault, book: NameBook, codes: dict[int, str], name: str | None) -> RowFault:
    asked = asked_of(name) if name is not None and _is_lost(fault) else None
    code = codes.get(book.find(asked).enterprise_id) if asked is not None and asked.names else None
    if code is None:
        return fault
    return replace(
        fault,
        suggestion=f"企业名录中“{name}”的代码是 {code}；核对无误后，先把该列设为“文本”格式再填入。",
    )
