"""Of which industry and at which stage is an enterprise on a day? Context for comparison, never a feature."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.spec.columns import ByColumn, Columns
from data.spec.tables.profile import enterprise_registration
from features.sight import Framed
from features.windows import UNDATED, Ints, pack, to_days

INDUSTRIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "A": ("农林牧渔业", "agriculture"),
        "B": ("采矿业", "mining"),
        "C": ("制造业", "manufacturing"),
        "D": ("电力热力燃气及水生产和供应业", "utilities"),
        "E": ("建筑业", "construction"),
        "F": ("批发和零售业", "wholesale and retail"),
        "G": ("交通运输、仓储和邮政业", "transport and storage"),
        "H": ("住宿和餐饮业", "hotels and catering"),
        "I": ("信息传输、软件和信息技术服务业", "information technology"),
        "J": ("金融业", "finance"),
        "K": ("房地产业", "real estate"),
        "L": ("租赁和商务服务业", "leasing and business services"),
        "M": ("科学研究和技术服务业", "research and technical services"),
        "N": ("水利、环境和公共设施管理业", "environment and public facilities"),
        "O": ("居民服务、修理和其他服务业", "household services"),
        "P": ("教育", "education"),
        "Q": ("卫生和社会工作", "health and social work"),
        "R": ("文化、体育和娱乐业", "culture and sports"),
        "S": ("公共管理、社会保障和社会组织", "public administration"),
        "T": ("国际组织", "international organisations"),
    }
)
"""Sections of GB/T 4754-2017 in Chinese and English (domain.md 10.2, unverified)."""

STAGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"early": ("初创期", "early-stage"), "growing": ("成长期", "growing"), "mature": ("成熟期", "mature")}
)
DAYS_A_YEAR = 365.25


def context_of(
    events: Mapping[str, pd.DataFrame], spine: pd.DataFrame, *, stage_years: Sequence[float]
) -> pd.DataFrame:
    """Return each row's industry (a letter of GB/T 4754), stage and age; None where the register is silent or closed.

    `stage_years` are the ages from which a firm is growing and mature.

    Shapes: events and spine as `features.engine.compute` takes them; columns industry, stage and years (NaN where
        unknown) with spine's index.
    """
    rows = _registrations(events)
    if rows is None:
        nothing: list[str | None] = [None] * len(spine)
        return _told(nothing, nothing, np.full(len(spine), np.nan), spine.index)
    as_of = to_days(spine["as_of"].to_numpy())
    seen = _seen(rows, spine["enterprise_id"].to_numpy(dtype=np.int64), as_of)
    happened, texts = to_days(rows.column("happened_on")), rows.column("industry")
    withdrawn = rows.column("withdrawn").astype(bool)
    holds = [at >= 0 and not withdrawn[at] and happened[at] < day for at, day in zip(seen, as_of, strict=True)]
    years = np.array([(day - happened[at]) / DAYS_A_YEAR for at, day in zip(seen, as_of, strict=True)])
    return _told(
        [_letter(texts[at]) if told else None for at, told in zip(seen, holds, strict=True)],
        [_stage(age, stage_years) if told else None for age, told in zip(years, holds, strict=True)],
        np.where(holds, years, np.nan),
        spine.index,
    )


def _registrations(events: Mapping[str, pd.DataFrame]) -> Columns | None:
    """Return the register's rows, None where there are none or they may not be read."""
    name = enterprise_registration.name
    if name not in events:
        return None
    rows: Columns = events.columns(name) if isinstance(events, ByColumn) else Framed(events[name])
    return rows if len(rows) else None


def _seen(rows: Columns, enterprise: Ints, as_of: Ints) -> Ints:
    """Return the place of the version that could be known before each day, -1 where there is none."""
    owner, known = rows.column("enterprise_id").astype(np.int64), to_days(rows.column("known_on"))
    order = np.lexsort((rows.column("file_row"), rows.column("recorded_at"), known, owner))
    key = pack(owner, known)[order]
    place = np.searchsorted(key, pack(enterprise, as_of), side="left") - 1
    found = order[np.maximum(place, 0)]
    return np.where((place >= 0) & (owner[found] == enterprise) & (known[found] != UNDATED), found, -1)


def _told(
    industries: list[str | None], stages: list[str | None], years: npt.NDArray[np.float64], index: "pd.Index[Any]"
) -> pd.DataFrame:
    """Put the context together; columns of text as they are, or pandas would turn None into NaN."""
    texts = {
        "industry": pd.Series(industries, index=index, dtype=object),
        "stage": pd.Series(stages, index=index, dtype=object),
    }
    return pd.DataFrame({**texts, "years": years}, index=index)


def _letter(text: object) -> str | None:
    return text[0] if isinstance(text, str) and text[:1] in INDUSTRIES else None


def _stage(years: float, bounds: Sequence[float]) -> str:
    return list(STAGES)[sum(years >= bound for bound in bounds)]


def peer_keys(industry: str | None, stage: str | None) -> tuple[str | None, str | None]:
    """Return the keys under which a firm's peers are kept, from the narrower group to the wider.

    >>> peer_keys("C", "early"), peer_keys("C", None), peer_keys(None, "early")
    (('C/early', 'C'), (None, 'C'), (None, None))
    """
    return (f"{industry}/{stage}" if industry and stage else None, industry)
