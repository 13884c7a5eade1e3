"""Of which industry and at which stage is an enterprise on a day? Context for comparison, never a feature."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.spec.tables.profile import enterprise_registration
from data.spec.versions import VERSION_ORDER

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
    if enterprise_registration.name not in events:
        nothing: list[str | None] = [None] * len(spine)
        return _told(nothing, nothing, np.full(len(spine), np.nan), spine.index)
    seen = _visible(events[enterprise_registration.name], spine)
    letters = seen["industry"].astype(object).where(seen["industry"].notna(), None)
    age = (seen["as_of"] - seen["happened_on"]).dt.days.to_numpy(dtype=np.float64) / DAYS_A_YEAR
    stages = [None if np.isnan(years) else _stage(years, stage_years) for years in age]
    return _told([_letter(text) for text in letters], stages, age, spine.index)


def _told(
    industries: list[str | None], stages: list[str | None], years: npt.NDArray[np.float64], index: "pd.Index[Any]"
) -> pd.DataFrame:
    """Put the context together; columns of text as they are, or pandas would turn None into NaN."""
    texts = {
        "industry": pd.Series(industries, index=index, dtype=object),
        "stage": pd.Series(stages, index=index, dtype=object),
    }
    return pd.DataFrame({**texts, "years": years}, index=index)


def _visible(rows: pd.DataFrame, spine: pd.DataFrame) -> pd.DataFrame:
    """Return for each row of the spine the version of its registration that could be known before its day."""
    versions = rows.sort_values(list(VERSION_ORDER), kind="stable").assign(known=lambda found: found["known_on"])
    asked = spine[["enterprise_id", "as_of"]].reset_index(drop=True).reset_index(names="place")
    wanted = ["enterprise_id", "known", "industry", "happened_on", "withdrawn"]
    found = pd.merge_asof(
        asked.sort_values("as_of", kind="stable"),
        versions.dropna(subset=["known"])[wanted],
        left_on="as_of",
        right_on="known",
        by="enterprise_id",
        allow_exact_matches=False,
    ).sort_values("place", ignore_index=True)
    gone = found["withdrawn"].fillna(True).astype(bool) | ~(found["happened_on"] < found["as_of"])
    return found.assign(
        industry=found["industry"].where(~gone, None), happened_on=found["happened_on"].where(~gone, pd.NaT)
    )


def _letter(text: str | None) -> str | None:
    return text[0] if text and text[0] in INDUSTRIES else None


def _stage(years: float, bounds: Sequence[float]) -> str:
    return list(STAGES)[sum(years >= bound for bound in bounds)]


def peer_keys(industry: str | None, stage: str | None) -> tuple[str | None, str | None]:
    """Return the keys under which a firm's peers are kept, from the narrower group to the wider.

    >>> peer_keys("C", "early"), peer_keys("C", None), peer_keys(None, "early")
    (('C/early', 'C'), (None, 'C'), (None, None))
    """
    return (f"{industry}/{stage}" if industry and stage else None, industry)
