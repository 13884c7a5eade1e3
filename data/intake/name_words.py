"""When do two ways of writing an enterprise's name say the same?"""

import re
import unicodedata
from functools import lru_cache

from data.intake.words import tidy

PROVINCE, CITY = "山东", "淄博"
_IN_CITY = re.compile(f"^(?:{PROVINCE}省*)?{CITY}市*")
_IN_PROVINCE = re.compile(f"^{PROVINCE}省+")
_SAME_FORMS = (("有限责任公司", "有限公司"), ("股份公司", "股份有限公司"))
_BRACKETS = str.maketrans("〔〕【】[]〈〉《》{}", "()()()()()()")
_ASIDE = re.compile(
    r"(.+?)\((?:原名称?|原|曾用名|更名前|现更名为|已更名为|现名称?)[::]?(.+?(?:公司|厂|中心|所|院|社|店))\)"
)
_LEGAL_FORM = re.compile(r"(?:股份)?(?:有限)?(?:公司)?$")
_REGION = re.compile(f"^(?:{PROVINCE}|{CITY})")


@lru_cache(maxsize=200_000)
def normalise_name(name: str) -> str:
    """Keep of a name what tells it: letters and digits in one form, one word for each legal form and region.

    Brackets, spaces and marks go; 有限责任公司 is 有限公司; 山东省淄博市 and 淄博市 are 淄博. A region is never
    dropped, nor 股份 equated with 有限: those are other enterprises.

    >>> normalise_name("山东省淄博市 某某（集团）有限责任公司"), normalise_name("淄博某某【集团】有限公司。")
    ('淄博某某集团有限公司', '淄博某某集团有限公司')
    >>> normalise_name("山东某某股份公司"), normalise_name("某某有限公司")
    ('山东某某股份有限公司', '某某有限公司')
    """
    before, plain = None, name
    while plain != before:
        # What is taken out may bring letters together that compose, so once is not always enough.
        before, plain = plain, _once(plain)
    return plain


def _once(text: str) -> str:
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))
    for said, meant in _SAME_FORMS:
        plain = plain.replace(said, meant)
    return _IN_PROVINCE.sub(PROVINCE, _IN_CITY.sub(CITY, plain))


def told_names(text: str) -> tuple[str, ...]:
    """Part a cell into the names it tells: the name, and one told aside as former or present.

    >>> told_names("淄博甲有限公司（原淄博乙有限公司）"), told_names("淄博甲（集团）有限公司")
    (('淄博甲有限公司', '淄博乙有限公司'), ('淄博甲（集团）有限公司',))
    """
    found = _ASIDE.fullmatch(tidy(text).translate(_BRACKETS))
    return (found[1].strip(), found[2].strip()) if found else (text,)


def core(normalised: str) -> str:
    """Take region and legal form from a normalised name, so that what is left is its own.

    >>> core("淄博恒拓新材料有限公司"), core("有限公司")
    ('恒拓新材料', '有限公司')
    """
    return _LEGAL_FORM.sub("", _REGION.sub("", normalised)) or normalised
