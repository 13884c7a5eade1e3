"""How does a bank verify a title, a project or a listing on a day, without a score?"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.report import Frozen
from api.exchange.words import Day, EnterpriseNamed
from api.identity import Caller
from api.problems import StoreBusy, TokenMissing, TokenUnknown, refusals
from data.spec.access import Purpose
from data.spec.errors import DayInFuture, EnterpriseUnknown
from risk.fact_items import FACT_ITEMS
from risk.found import VerifiedFact
from risk.permissions import Scope

router = guarded_router("企业", Scope.ENTERPRISES_READ)

ITEMS = "、".join(f"{name} {item.label}" for name, item in FACT_ITEMS.items())
ANSWER_LABELS = {"yes": "是", "no": "否", "unknown": "未知"}


def _known(item: str) -> str:
    if item not in FACT_ITEMS:
        raise PydanticCustomError("fact_item_unknown", "unknown item")
    return item


Item = Annotated[str, Field(strict=True, max_length=64), AfterValidator(_known)]


class FactsRequest(BaseModel):
    """核验一家企业在某一天的资质与记录。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enterprise: EnterpriseNamed = Field(description="核验哪一家企业")
    purpose: Literal["pre_loan", "monitoring", "guarantee", "joint_evaluation"] = Field(
        default="pre_loan", description="用途，须在企业授权之内", examples=["pre_loan"]
    )
    as_of: Day | None = Field(default=None, description="核验哪一天（YYYY-MM-DD）；缺省为今天", examples=["2025-12-31"])
    items: list[Item] = Field(
        min_length=1,
        max_length=len(FACT_ITEMS),
        description=f"核验事项：{ITEMS}；以后可能新增",
        examples=[["tech_sme_entry", "high_tech_certificate"]],
    )


class SourceRowReported(Frozen):
    """所依据的来源行。"""

    list_label: str = Field(description="名单", examples=["科技型中小企业入库名单"])
    file: str = Field(description="来源文件", examples=["2025年第一批入库公示.xlsx"])
    batch_id: str = Field(description="入库批次", examples=["B000007"])
    file_row: int = Field(description="文件中的行号（首行为1）", examples=[128])


class FactReported(Frozen):
    """一项核验的答复；未知不等于否。"""

    item: str = Field(description="事项", examples=["tech_sme_entry"])
    label: str = Field(description="事项的中文名", examples=["科技型中小企业入库编号有效"])
    answer: Literal["yes", "no", "unknown"] = Field(description="是、否或未知；以后可能新增", examples=["yes"])
    answer_label: str = Field(description="答复的中文名", examples=["是"])
    sentence: str = Field(description="说明", examples=["《科技型中小企业入库名单》有符合的记录。"])
    value: str | None = Field(description="编号、称号或次数", examples=["202537030308000123"])
    valid_from: date | None = Field(description="所依据的记录自何日起", examples=["2025-04-10"])
    valid_until: date | None = Field(description="自何日起不再有效；null 表示未止", examples=["2026-03-31"])
    list_label: str = Field(description="名单", examples=["科技型中小企业入库名单"])
    known_on: date | None = Field(description="记录最早可知的日期；答复为否时为名单最新的日期", examples=["2025-04-20"])
    row: SourceRowReported | None = Field(description="所依据的来源行；答复为否或未知时没有")
    missing: str | None = Field(description="未知的原因；以后可能新增", examples=["not_authorised"])


class FactsReport(Frozen):
    """一家企业的核验结果，依所列事项的次序。"""

    enterprise: str = Field(description="企业名称", examples=["淄博示例陶瓷科技有限公司（演示）"])
    as_of: date = Field(description="核验哪一天", examples=["2025-12-31"])
    facts: list[FactReported] = Field(description="逐项的答复")
    demonstration: bool = Field(description="是否演示数据：企业与数字均为虚构", examples=[True])


@router.post(
    "/facts",
    operation_id="verify_facts",
    summary="核验资质与记录",
    response_description="逐项的是、否或未知，及所依据的来源行",
    responses=refusals(
        TokenMissing,
        TokenUnknown,
        EnterpriseUnknown,
        DayInFuture,
        StoreBusy,
        consent=True,
        body=True,
    ),
)
def verify_facts(wanted: FactsRequest, bank: Caller, desks: DesksHere, now: Now) -> FactsReport:
    """核验企业在某一天是否持有编号、证书、称号，是否牵头项目、有人才、用过创新券，是否列入失信等名单；不需要评分。

    (Verify titles, projects and listings on a day, each with its source row.)
    """
    day = wanted.as_of or now.date()
    name, facts = desks.scoring.enterprises.verify_facts(
        wanted.enterprise.identifier(),
        tenant=bank.code,
        purpose=Purpose(wanted.purpose),
        as_of=day,
        items=tuple(dict.fromkeys(wanted.items)),
        at=now,
    )
    return FactsReport(
        enterprise=name, as_of=day, facts=[_report(fact) for fact in facts], demonstration=desks.today is not None
    )


def _report(fact: VerifiedFact) -> FactReported:
    return FactReported(
        item=fact.item,
        label=fact.label,
        answer=fact.answer.value,
        answer_label=ANSWER_LABELS[fact.answer],
        sentence=fact.sentence,
        value=None if fact.value is None else str(fact.value),
        valid_from=fact.valid_from,
        valid_until=fact.valid_until,
        list_label=fact.list_label,
        known_on=fact.known_on,
        row=None if fact.row is None else SourceRowReported(**vars(fact.row)),
        missing=fact.missing,
    )
