"""Which identifiers exist, and which of them are well formed?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from stdnum.cn import uscc as stdnum_uscc
from stdnum.exceptions import ValidationError

from data.spec.errors import IdentifierMalformed

DISTRICTS: Mapping[str, str] = {
    "370302": "淄川区",
    "370303": "张店区",
    "370304": "博山区",
    "370305": "临淄区",
    "370306": "周村区",
    "370321": "桓台县",
    "370322": "高青县",
    "370323": "沂源县",
    "370371": "高新区",
    "370372": "经开区",
    "370373": "文昌湖区",
}
"""Zibo's divisions (GB/T 2260, V1); 37037x are functional zones, not statutory, codes unverified (U)."""

ENTRY_NO = re.compile(r"\d{10}[0-9A-Z]{2}\d{6}")
"""科技型中小企业入库登记编号, read leniently (domain.md 10.4)."""

CERTIFICATE_NO = re.compile(r"G[RF]\d{12}")
"""高新技术企业证书编号: GR, year, province, serial (domain.md 10.5)."""


class Scheme(StrEnum):
    """Name the register that an identifier comes from."""

    USCC = "uscc"
    CUMCM = "cumcm2020c"
    JINAN = "jinan"


@dataclass(frozen=True)
class Identifier:
    """Name one enterprise in one register."""

    scheme: Scheme
    value: str

    def __str__(self) -> str:
        return self.value if self.scheme is Scheme.USCC else f"{self.scheme}:{self.value}"


def parse_identifier(text: str) -> Identifier:
    """Read `scheme:value`, or a bare 统一社会信用代码; raise IdentifierMalformed."""
    scheme, colon, value = text.strip().partition(":")
    if not colon:
        return Identifier(Scheme.USCC, check_uscc(scheme))
    if scheme not in set(Scheme):
        known = "、".join(Scheme)
        raise IdentifierMalformed(f"没有名为“{scheme}”的标识体系。", help=f"可用的有：{known}。")
    return Identifier(Scheme(scheme), check_uscc(value) if scheme == Scheme.USCC else value.strip())


def check_uscc(text: str) -> str:
    """Return the code in its canonical form; raise IdentifierMalformed saying what is wrong.

    Source: GB 32100-2015, held by python-stdnum.
    """
    code = stdnum_uscc.compact(text).upper()
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", code):
        raise IdentifierMalformed(
            f"信用代码“{text}”已被表格软件改成科学计数法，原数字已经丢失。",
            help="请在源表中把该列设为文本格式后重新填写。",
        )
    try:
        return str(stdnum_uscc.validate(code))
    except ValidationError as error:
        raise IdentifierMalformed(
            f"“{text}”不是有效的统一社会信用代码：{_uscc_fault(code)}。", help="请对照营业执照核对18位代码。"
        ) from error


def _uscc_fault(code: str) -> str:
    if len(code) != 18:
        return f"应为18位，实为{len(code)}位"
    if set(code) - set("0123456789ABCDEFGHJKLMNPQRTUWXY"):
        return "含有不应出现的字符（代码不使用 I、O、S、V、Z）"
    return "校验位不符"


def is_uscc(text: str) -> bool:
    """Tell whether the text is a well-formed 统一社会信用代码."""
    return bool(stdnum_uscc.is_valid(text))


def with_uscc_check_digit(first17: str) -> str:
    """Complete 17 characters to a well-formed code (for invented enterprises)."""
    return first17 + str(stdnum_uscc.calc_check_digit(first17))


def patent_check_digit(digits: str) -> str:
    """Return the check character of a patent application number of 12 (or, before 2003-10, 7) digits.

    Source: domain.md 10.3: weights 2..9 then 2..5, modulo 11, 10 is written X.
    """
    total = sum(int(digit) * (2 + place % 8) for place, digit in enumerate(digits))
    return "0123456789X"[total % 11]


def is_patent_number(text: str) -> bool:
    """Tell whether an application number carries its right check character ("ZL" in front is allowed).

    >>> is_patent_number("201710601862.3"), is_patent_number("ZL201310699744.2"), is_patent_number("95115608.X")
    (True, True, True)
    """
    digits, _, check = text.upper().removeprefix("ZL").partition(".")
    return len(digits) in (8, 12) and digits.isdigit() and patent_check_digit(digits) == check
