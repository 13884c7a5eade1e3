"""How does a bank find an enterprise that it may ask about, without a code in an address?"""

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.report import Frozen
from api.exchange.words import CleanText, EnterpriseNamed
from api.identity import Caller
from api.problems import StoreBusy, TokenMissing, TokenUnknown, refusals
from risk.found import FoundEnterprise
from risk.permissions import Scope

router = guarded_router("企业", Scope.ENTERPRISES_READ)


class SearchRequest(BaseModel):
    """检索企业：按标识或按名称，二者取一。"""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"name": "恒拓陶瓷"}]})

    enterprise: EnterpriseNamed | None = Field(default=None, description="按标识检索")
    name: CleanText | None = Field(
        default=None, description="按名称检索：现用或曾用名称的一部分，或拼音首字母", examples=["恒拓陶瓷", "httc"]
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.enterprise is None) == (self.name is None):
            raise PydanticCustomError("one_of_enterprise_name", "exactly one")
        return self


class ConsentHeldReported(Frozen):
    """一份有效的授权。"""

    id: str = Field(description="授权编号", examples=["01JGZ3"])
    version: int = Field(description="授权版本", examples=[1])
    purposes: list[str] = Field(description="用途；以后可能新增", examples=[["pre_loan", "monitoring"]])
    valid_to: date = Field(description="到期日", examples=["2026-12-31"])


class EnterpriseFound(Frozen):
    """一家可以查询的企业。"""

    name: str = Field(description="现用名称", examples=["淄博示例陶瓷科技有限公司（演示）"])
    scheme: str = Field(description="标识体系", examples=["uscc"])
    value: str = Field(description="标识", examples=["91370303MA3C000004"])
    matched: str | None = Field(
        description="所符合的名称（可能是曾用名）；按标识检索时为 null", examples=["淄博示例陶瓷厂"]
    )
    consents: list[ConsentHeldReported] = Field(description="企业对本机构有效的授权；科技局依职责查询，不列")


class SearchReport(Frozen):
    """检索的结果，至多二十家，名称最接近的在前。"""

    items: list[EnterpriseFound] = Field(description="企业；没有或未授权的都不在其中")


@router.post(
    "/enterprises/search",
    operation_id="search_enterprises",
    summary="检索已授权的企业",
    response_description="符合的企业，至多二十家；没有与未授权不作区分",
    responses=refusals(TokenMissing, TokenUnknown, StoreBusy, body=True),
)
def search_enterprises(wanted: SearchRequest, bank: Caller, desks: DesksHere, now: Now) -> SearchReport:
    """按标识、名称片段或拼音首字母检索对本机构有有效授权的企业；检索留痕。

    (Search the enterprises that have consented to this institution.)
    """
    desk = desks.scoring.enterprises
    if wanted.enterprise is not None:
        found = desk.search_identifier(wanted.enterprise.identifier(), tenant=bank.code, at=now)
    else:
        found = desk.search_name(str(wanted.name), tenant=bank.code, at=now)
    return SearchReport(items=[_report(one) for one in found])


def _report(one: FoundEnterprise) -> EnterpriseFound:
    consents = [
        ConsentHeldReported(id=held.id, version=held.version, purposes=list(held.purposes), valid_to=held.valid_to)
        for held in one.consents
    ]
    return EnterpriseFound(name=one.name, scheme=one.scheme, value=one.value, matched=one.matched, consents=consents)
