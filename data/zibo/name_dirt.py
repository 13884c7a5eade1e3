"""How do clerks write an enterprise's name, when that is all a list says of it?

The letter's figures are counted from names too, so rows that count are written in ways that any reader undoes.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from data.zibo.firms import names_on
from data.zibo.names import MARK
from data.zibo.plan import Bools, Days, Plan, add_days

ANYWHERE: Mapping[str, float] = {"half_brackets": 0.03, "space": 0.02, "form": 0.015}
"""Shares of rows; a reader of the letter's figures undoes these."""

BESIDE_FIGURES: Mapping[str, float] = {"odd_brackets": 0.01, "no_brackets": 0.006, "city": 0.012, "mark": 0.006}
"""Shares of rows that no figure is counted from; normalising undoes these."""

DOUBTFUL: Mapping[str, float] = {"typo": 0.012, "no_region": 0.003}
"""Shares of rows that no figure is counted from; nobody but a person undoes these."""

OLD_NAME = 0.5
"""Share of rows with the name before a renaming, in the OLD_NAME_DAYS after it; half of these tell both."""

OLD_NAME_DAYS = 1100

FEWEST = 8
"""A doubtful name stands only where so many rows are announced together, so that no file is without a sound row."""

ALIKE = dict(
    zip(
        "恒瑞鼎华盛安泰嘉宏润信诚启明远博凯立新科天源金辉东方正昌隆凌海蓝卓越晟洁冠腾翔智实",
        "衡睿顶桦胜按太佳洪闰芯城起铭原搏楷丽欣柯添原锦晖冬芳政倡龙菱汇兰桌悦盛杰贯藤祥志石",
        strict=True,
    )
)
"""Characters that are typed for each other, by sound or by look."""

Write = Callable[[str], str]
WAYS: Mapping[str, Write] = {
    "half_brackets": lambda name: name.replace("（", "(").replace("）", ")"),
    "space": lambda name: name[:4] + " " + name[4:],
    "form": lambda name: _other_form(name),
    "odd_brackets": lambda name: name.replace("（", "〔").replace("）", "〕"),
    "no_brackets": lambda name: name.replace("（", "").replace("）", ""),
    "city": lambda name: name.replace("淄博", "山东省淄博市", 1) if name.startswith("淄博") else name,
    "mark": lambda name: name + "。",
    "typo": lambda name: _mistyped(name),
    "no_region": lambda name: name.removeprefix("淄博"),
}


def _other_form(name: str) -> str:
    if name.endswith("有限责任公司"):
        return name.removesuffix("有限责任公司") + "有限公司"
    return name if name.endswith("股份有限公司") else name.removesuffix("有限公司") + "有限责任公司"


def _mistyped(name: str) -> str:
    """Write the first character of the name's own that has one alike wrongly."""
    start = 2 if name.startswith(("淄博", "山东")) else 0
    for place in range(start, name.index(MARK)):
        if name[place] in ALIKE:
            return name[:place] + ALIKE[name[place]] + name[place + 1 :]
    return name


def said_names(
    plan: Plan, people: pd.DataFrame, rows: pd.DataFrame, *, list_name: str
) -> tuple[list[str], "np.ndarray[tuple[int], np.dtype[np.object_]]"]:
    """Return the names as the list writes them, and in which way each differs from the register, None for none.

    Shapes: rows has firm and known; where it has `counted`, rows of which are true bear only what ANYWHERE
        says, and rows of which `amended` is true no doubt.
    """
    rng = plan.rng(f"dirty.{list_name}.{len(rows)}")
    places, known = rows["firm"].to_numpy(), rows["known"].to_numpy().astype("M8[D]")
    names = names_on(people, places, known).tolist()
    kinds = np.full(len(rows), None, dtype=object)
    free = ~_flag(rows, "counted", otherwise=False)
    sure = _flag(rows, "amended", otherwise=True)
    # A renaming says the old name in a column of its own.
    late = _after_renaming(people, places, known) & (rng.random(len(rows)) < OLD_NAME) & ("former_name" not in rows)
    both = free & (rng.random(len(rows)) < 0.5)
    crowded = rows.groupby("known")["firm"].transform("size").to_numpy() >= FEWEST
    drawn = _draw(rng, free, free & ~sure & crowded)
    for place, kind in enumerate(drawn):
        name = names[place]
        if late[place]:
            old = people["former_name"].iloc[places[place]]
            names[place], kinds[place] = (f"{name}（原{old}）", "both_names") if both[place] else (old, "old_name")
        elif kind is not None and (written := WAYS[kind](name)) != name:
            names[place], kinds[place] = written, kind
    return names, kinds


def _flag(rows: pd.DataFrame, name: str, *, otherwise: bool) -> Bools:
    return rows[name].to_numpy(dtype=bool) if name in rows else np.full(len(rows), otherwise)


def _after_renaming(people: pd.DataFrame, places: np.ndarray, known: Days) -> Bools:
    renamed = people["renamed_on"].to_numpy().astype("M8[D]")[places]
    return np.asarray((known > add_days(renamed, 5)) & (known < add_days(renamed, OLD_NAME_DAYS)))


def _draw(rng: np.random.Generator, free: Bools, doubtful: Bools) -> list[str | None]:
    """Draw a way of writing for each row, among those it may have."""
    ways = {**ANYWHERE, **BESIDE_FIGURES, **DOUBTFUL}
    drawn = np.searchsorted(np.cumsum(list(ways.values())), rng.random(free.size), side="right")
    kinds = [*ways, None]
    return [
        None if ((kind := kinds[number]) in DOUBTFUL and not sure) or (kind in BESIDE_FIGURES and not beside) else kind
        for number, beside, sure in zip(drawn.tolist(), free.tolist(), doubtful.tolist(), strict=True)
    ]
