"""Which shape has an application over HTTP, and for whom does a client act?"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from api.desks import Institution
from api.exchange.report import Frozen
from api.exchange.try_policy import FindingReported, findings_report
from api.exchange.versions import etag
from risk.joint.permissions import Actor, capacity
from risk.joint.told import ToldApplication, ToldEntry, ToldStep
from risk.joint.words import Role

Number = Annotated[str, Path(description="申请编号", max_length=36, pattern=r"^[0-9A-Za-z-]+$", examples=["SQ000001"])]
Person = Annotated[
    str,
    Field(
        strict=True,
        pattern=r"^[0-9A-Za-z-]{1,32}$",
        description="经办人在本机构的代号，不填姓名；推翻建议须由另一人作出结论",
        examples=["JX-0007"],
    ),
]


class ByPerson(BaseModel):
    """由谁办理。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: Person
    capacity: Literal["reviewer", "district", "operator"] | None = Field(
        default=None,
        description="科技局以何身份办理：reviewer 评审（缺省）、district 区县、operator 经办；其他机构不填",
        examples=[None],
    )


class StepReported(Frozen):
    """办理的一步。"""

    version: int = Field(description="第几步", examples=[2])
    move: str = Field(description="操作", examples=["submit"])
    label: str = Field(description="操作的中文名", examples=["提交"])
    state: str = Field(description="办理后的状态", examples=["submitted"])
    institution: str = Field(description="由哪家机构办理", examples=["bank-a"])
    role: str = Field(description="以何身份", examples=["bank"])
    on: date = Field(description="办理日", examples=["2025-12-31"])
    at: datetime = Field(description="登记的时刻", examples=["2025-12-31T09:30:00+08:00"])
    details: dict[str, str] = Field(description="可见的内容；他方的理由代码不在其中", examples=[{"words": "请补充"}])


class EntryReported(Frozen):
    """账上的一笔；金额为以元计的十进制文本。"""

    kind: str = Field(description="款项", examples=["disbursed"])
    label: str = Field(description="款项的中文名", examples=["放款"])
    party: str = Field(description="记在谁的账上", examples=["bank-a"])
    amount: str = Field(description="金额（元）", examples=["2000000.00"])
    booked_on: date = Field(description="记账日", examples=["2026-01-15"])


class ApplicationReport(Frozen):
    """一笔联合评价申请，按来访机构可见的范围。"""

    number: str = Field(description="申请编号", examples=["SQ000001"])
    version: int = Field(description="版本，与 ETag 一致", examples=[2])
    enterprise: str = Field(description="企业名称", examples=["淄博示例陶瓷科技有限公司（演示）"])
    product: str = Field(description="政策产品", examples=["lukedai"])
    product_label: str = Field(description="产品的中文名", examples=["鲁科贷"])
    bank: str = Field(description="申请的银行", examples=["bank-a"])
    guarantor: str | None = Field(description="担保机构；无担保为 null", examples=[None])
    guarantee: str = Field(description="担保方式：none 无、individual 逐笔、bulk 批量", examples=["none"])
    purpose: str = Field(description="用途", examples=["中试线扩建"])
    facts: dict[str, str] = Field(
        description="申请与各方告知的事实", examples=[{"amount": "2000000", "term_months": "12"}]
    )
    state: str = Field(description="状态", examples=["submitted"])
    state_label: str = Field(description="状态的中文名", examples=["已提交"])
    possible: list[str] = Field(description="贵方现在可做的操作；sheet 为交评价表", examples=[["withdraw"]])
    awaited: list[str] = Field(description="还在等哪几方的评价表", examples=[["bureau", "bank"]])
    is_open: bool = Field(description="评价表是否已同时开启，可读 opening", examples=[False])
    conclusion: str | None = Field(
        description="结论：recommended、conditional、not_recommended；尚无为 null", examples=[None]
    )
    conditions: list[FindingReported] = Field(description="提交时产品各项条件的核对；实际数值只给科技局，他方为空")
    steps: list[StepReported] = Field(description="各步，最后一步在末尾")
    entries: list[EntryReported] = Field(description="账上与贵方有关的款项")


class ApplicationsReport(Frozen):
    """与本机构有关的申请，按编号。"""

    items: list[ApplicationReport] = Field(description="申请")
    next: str | None = Field(description="下一页的游标；null 表示已读完", examples=[None])


def actor_of(institution: Institution, by: ByPerson | None = None) -> Actor:
    """Return who acts for an institution; a reader is nobody in particular. Raises NotYourMove."""
    asked = Role(by.capacity) if by is not None and by.capacity else None
    name = institution.code if by is None else f"{institution.code}:{by.person}"
    return Actor(tenant=institution.code, role=capacity(institution.kind, asked), name=name)


def application_report(told: ToldApplication) -> ApplicationReport:
    """Write an application down for one of its parties."""
    return ApplicationReport(
        **{
            **vars(told),
            "possible": list(told.possible),
            "awaited": list(told.awaited),
            "facts": dict(told.facts),
            "conditions": findings_report(told.conditions),
            "steps": [_step(one) for one in told.steps],
            "entries": [_entry(one) for one in told.entries],
        }
    )


def _step(told: ToldStep) -> StepReported:
    return StepReported(**{**vars(told), "details": dict(told.details)})


def _entry(told: ToldEntry) -> EntryReported:
    return EntryReported(**{**vars(told), "amount": f"{told.amount:.2f}"})


def headers_of(body: str) -> Mapping[str, str]:
    """Return where an application that was answered is, and in which version."""
    told = json.loads(body)
    return {"Location": f"/v1/applications/{told['number']}", **etag(told["version"])}
