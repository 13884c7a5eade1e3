"""Which words does an assessment request use?"""

import re
import unicodedata
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from data.spec.access import Purpose
from data.spec.errors import IdentifierMalformed
from data.spec.identifiers import Identifier, Scheme, check_uscc
from risk.assessment import RelativeTo

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", flags=re.ASCII)


def _clean(text: str) -> str:
    """Refuse control, format and surrogate characters: NUL breaks databases, bidi marks hide names."""
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in text):
        raise PydanticCustomError("text_unclean", "control characters")
    return unicodedata.normalize("NFC", text)


def _day(value: object) -> date:
    """Read YYYY-MM-DD alone: numbers and instants are no days."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise PydanticCustomError("day_malformed", "YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("day_impossible", "no such day") from None


CleanText = Annotated[str, Field(strict=True, min_length=1, max_length=64), AfterValidator(_clean)]
LongText = Annotated[str, Field(strict=True, min_length=1, max_length=2000), AfterValidator(_clean)]
Day = Annotated[date, BeforeValidator(_day)]


class EnterpriseNamed(BaseModel):
    """指明一家企业：标识体系与标识。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme: Literal["uscc", "cumcm2020c", "jinan"] = Field(
        default="uscc", description="标识体系；统一社会信用代码为 uscc", examples=["uscc"]
    )
    value: CleanText = Field(
        description="标识；uscc 为18位统一社会信用代码，须通过校验位", examples=["91370303MA3C000004"]
    )

    @model_validator(mode="after")
    def _well_formed(self) -> "EnterpriseNamed":
        try:
            self.identifier()
        except IdentifierMalformed:
            raise PydanticCustomError("identifier_malformed", "malformed") from None
        return self

    def identifier(self) -> Identifier:
        """Return the identifier in its canonical form."""
        scheme = Scheme(self.scheme)
        return Identifier(scheme, check_uscc(self.value) if scheme is Scheme.USCC else self.value)


class AssessmentRequest(BaseModel):
    """申请评估一家企业。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enterprise: EnterpriseNamed = Field(description="评估哪一家企业")
    purpose: Literal["pre_loan", "monitoring", "guarantee", "joint_evaluation"] = Field(
        default="pre_loan",
        description="用途，须在企业授权之内：pre_loan 贷前、monitoring 贷后、guarantee 担保、joint_evaluation 联合评价",
        examples=["pre_loan"],
    )
    as_of: Day | None = Field(
        default=None, description="评估日（YYYY-MM-DD）：只用这一天之前已知的材料；缺省为今天", examples=["2025-12-31"]
    )

    relative_to: Literal["population", "cutoff", "peers"] = Field(
        default="population",
        description="理由的参照：population 总体、cutoff 上一等级的分数线、peers 同行业同阶段企业；总分不因参照而变",
        examples=["population"],
    )

    product: Literal["lukedai", "rd_loan", "ordinary", "ip_pledge"] | None = Field(
        default=None,
        description="所审的贷款产品：lukedai 鲁科贷、rd_loan 科技研发贷、ordinary 一般流动资金贷款、"
        "ip_pledge 知识产权质押贷；填写后分数含该产品的截距（单列一行），不填则为全市口径",
        examples=["lukedai"],
    )

    def wanted_purpose(self) -> Purpose:
        """Return the purpose in the house's words."""
        return Purpose(self.purpose)

    def wanted_reference(self) -> RelativeTo:
        """Return the reference in the house's words."""
        return RelativeTo(self.relative_to)
