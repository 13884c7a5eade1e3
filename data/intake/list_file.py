"""What must be said of an official list so that its files can be read?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd

from data.intake.oddities import Doubt
from data.spec.table import Basis, Table


class Identity(StrEnum):
    """Say how a row names its enterprise."""

    BY_CODE = "by_code"
    """统一社会信用代码, checked; a valid code not met before makes a new enterprise."""
    BY_NAME = "by_name"
    """Name only (lists that carry no code): exact, then normalised match, else quarantined."""


CODE_HEADERS = ("统一社会信用代码", "信用代码", "社会信用代码", "统一信用代码", "企业信用代码", "纳税人识别号")
NAME_HEADERS = (
    *("企业名称", "单位名称", "企业全称", "名称", "申请单位", "企业", "会员名称", "承担单位", "依托单位", "成员单位"),
    *("借款企业", "借款人名称", "专利权人", "权利人", "在孵企业名称", "现企业名称", "更名后企业名称", "变更后企业名称"),
    *("更名后名称", "变更后名称"),
)
ORIGIN_HEADERS = ("来源贷款申请编号", "关联贷款申请编号")
"""Every list may name the loan application a row comes from."""

OWNER_HEADERS = ("报送机构", "报送银行", "报送机构代码")
"""Every list may name the institution whose row it is; without it the row is the bureau's."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """Say how a row's known_on is found.

    In this order: the first of `headers` present in the file; else the table column `column` plus
    `lag_days`; else the day announced in the file's title rows (公告日期：…) or given with --known-on.
    Where both a row's day and the file's own announcement day are there, the later one counts: a row
    cannot have been known before its list was out.
    """

    basis: Basis
    headers: tuple[str, ...] = ()
    column: str | None = None
    lag_days: int = 0


@dataclass(frozen=True, kw_only=True)
class Check:
    """Test rows across columns: `holds` answers, for a typed frame, True per sound row (NaN-safe).

    `columns` names what it compares.
    """

    code: str
    message: str
    columns: tuple[str, ...]
    holds: Callable[[pd.DataFrame], "pd.Series[bool]"]


@dataclass(frozen=True, kw_only=True)
class ListFile:
    """Declare one official list.

    `words`: words of file names or title rows that tell this list from others with like headers.
    `headers`: synonyms beside each column's label. `values`: file text -> code, beside the choices'
    labels. `constants`: columns that the list fixes. `amends`: cells that are blank, and columns that
    are absent, are taken from the latest known version of the same key (更名, 取消). `origin`: the column
    that names the loan application a row comes from. `whole`: each file tells all that holds, so that a
    sudden half of it is probably a file cut off. `doubts`: what makes rows worth a look though they are kept.
    """

    name: str
    label: str
    table: Table
    known: Known
    words: tuple[str, ...] = ()
    identity: Identity = Identity.BY_CODE
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    amends: bool = False
    origin: str | None = None
    checks: tuple[Check, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    whole: bool = False
