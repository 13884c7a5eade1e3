"""What are the invented enterprises called, and which codes do they bear?

Every name carries the mark （演示）; no name or code is taken from a real register.
"""

import numpy as np

from data.spec.identifiers import with_uscc_check_digit
from data.zibo.plan import Days, Ints, year_of

MARK = "（演示）"
"""The mark of demonstration that every name in the city carries."""

FIRST = "恒瑞鼎华盛安泰嘉宏润信诚启明远博凯立新科天源齐鲁金辉东方正昌隆凌云海蓝卓越晟洁冠腾翔智"
SECOND = "拓达峰森川岳霖航宇辰曜特维纳硕微晶元通联创力捷亿铭轩基合德康和利丰泽美奥佳朗迪斯能"
DIGITS = "0123456789"
BODY = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

TRADES: dict[str, tuple[str, ...]] = {
    "C26": ("化工", "精细化工", "新材料", "高分子材料"),
    "C27": ("医药", "生物医药", "制药", "医疗科技"),
    "C29": ("橡塑", "塑料科技", "高分子科技"),
    "C30": ("陶瓷", "耐火材料", "特种陶瓷", "建材科技", "无机非金属材料"),
    "C33": ("金属制品", "精密制造"),
    "C34": ("机械", "泵业", "通用设备", "智能装备"),
    "C35": ("专用设备", "自动化设备", "环保设备"),
    "C36": ("汽车零部件", "车辆科技"),
    "C38": ("电气", "电机", "新能源科技"),
    "C39": ("电子科技", "微电子", "传感技术"),
    "C40": ("仪器仪表", "测控技术"),
    "I64": ("网络科技", "互联网科技"),
    "I65": ("软件", "信息技术", "数据科技"),
    "M73": ("技术研发", "工程技术研究"),
    "M74": ("检测技术", "工程技术", "技术服务"),
    "M75": ("科技推广", "科技"),
}
"""Words of trade in names, by division of GB/T 4754 (domain.md 10.2)."""

INSTITUTION_KINDS = ("大学", "学院", "研究院", "研究所", "检验检测中心", "技术转移中心")


def body_codes(rng: np.random.Generator, founded_on: Days) -> list[str]:
    """Return distinct body codes (GB 11714): letters MA in front for registrations since October 2015."""
    modern = founded_on >= np.datetime64("2015-10-01")
    seen: set[str] = set()
    codes: list[str] = []
    for is_modern in modern.tolist():
        code = _body(rng, is_modern)
        while code in seen:
            code = _body(rng, is_modern)
        seen.add(code)
        codes.append(code)
    return codes


def _body(rng: np.random.Generator, is_modern: bool) -> str:
    draws = rng.integers(0, len(DIGITS), 8)
    text = "".join(DIGITS[place] for place in draws)
    if is_modern:
        text = "MA3" + BODY[int(rng.integers(10, 31))] + text[4:]
    total = sum(weight * BODY_ORDER[char] for weight, char in zip(BODY_WEIGHTS, text, strict=True))
    return text + "0123456789X0"[(11 - total % 11)]


BODY_ORDER = {char: place for place, char in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}


def credit_codes(rng: np.random.Generator, prefixes: list[str], founded_on: Days) -> list[str]:
    """Complete department, entity type and region to well-formed credit codes (domain.md 10.1)."""
    bodies = body_codes(rng, founded_on)
    return [with_uscc_check_digit(prefix + body) for prefix, body in zip(prefixes, bodies, strict=True)]


def style_words(rng: np.random.Generator, count: int) -> list[str]:
    """Return distinct two-character names of style, in random order, longer ones once they run out."""
    pairs = [first + second for first in FIRST for second in SECOND]
    order = rng.permutation(len(pairs)).tolist()
    words = [pairs[place] for place in order]
    longer = [word + FIRST[place % len(FIRST)] for place, word in enumerate(words)]
    longest = [word + SECOND[(place // 3) % len(SECOND)] for place, word in enumerate(longer)]
    return [*words, *longer, *longest][:count]


def firm_names(rng: np.random.Generator, industries: list[str], founded_on: Days) -> list[str]:
    """Return distinct names such as 淄博恒拓新材料科技（演示）有限公司."""
    words = style_words(rng, len(industries))
    places: Ints = rng.choice(3, size=len(industries), p=[0.62, 0.28, 0.1])
    forms: Ints = rng.choice(3, size=len(industries), p=[0.85, 0.05, 0.10])
    picks: Ints = rng.integers(0, 60, len(industries))
    old = year_of(founded_on) < 2005
    return [
        _name(word, TRADES[industry][pick % len(TRADES[industry])], ("淄博", "山东", "")[place], _form(form, is_old))
        for word, industry, pick, place, form, is_old in zip(words, industries, picks, places, forms, old, strict=True)
    ]


def _form(form: int, is_old: bool) -> str:
    if form == 1:
        return "股份有限公司"
    return "有限责任公司" if form == 2 and is_old else "有限公司"


def _name(word: str, trade: str, place: str, form: str) -> str:
    return f"{place}{word}{trade}{MARK}{form}"


def institution_names(rng: np.random.Generator, count: int) -> list[str]:
    """Return distinct names of invented universities, institutes and service centres."""
    words = style_words(rng, count)
    return [f"山东{word}{INSTITUTION_KINDS[place % len(INSTITUTION_KINDS)]}{MARK}" for place, word in enumerate(words)]
