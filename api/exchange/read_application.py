"""How does a party read its applications, and what was opened of them?"""

from datetime import datetime

from fastapi import Response
from pydantic import Field

from api.exchange.application_report import (
    ApplicationReport,
    ApplicationsReport,
    Number,
    actor_of,
    application_report,
)
from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.paging import CursorGiven, CursorInvalid, Cursors, Limit
from api.exchange.report import Frozen
from api.exchange.try_policy import AmountReported, FindingReported, amount_report, findings_report
from api.exchange.versions import etag
from api.identity import Caller
from api.problems import StoreBusy, TokenMissing, TokenUnknown, refusals
from risk.joint.application import ApplicationUnknown
from risk.joint.compared import Gap, Reference
from risk.joint.evaluating import SheetsSealed
from risk.joint.support import Support
from risk.joint.told import ToldOpening, ToldSheet
from risk.permissions import Scope

router = guarded_router("联合评价", Scope.APPLICATIONS_READ)


class SheetReported(Frozen):
    """一方的评价表。"""

    sheet: str = Field(description="哪一方", examples=["bank"])
    label: str = Field(description="哪一方（中文）", examples=["银行"])
    at: datetime = Field(description="交表的时刻", examples=["2025-12-31T09:30:00+08:00"])
    marks: dict[str, int] = Field(description="六个方面的分数", examples=[{"innovation": 70}])
    words: str = Field(description="文字意见", examples=["订单充足"])
    notches_wanted: int = Field(description="希望移动几级，正为上调", examples=[1])
    notches_allowed: int = Field(description="可以移动几级", examples=[0])
    cited: int = Field(description="引用了几条证据", examples=[1])
    counted_by_model: int = Field(description="其中几条模型已经计入，不再加分", examples=[1])
    saw_model: bool = Field(description="给分之前是否看过模型结果", examples=[False])
    expert_field: str | None = Field(description="所附专家的领域；没有为 null", examples=[None])
    expert_opinion: str | None = Field(description="专家的意见", examples=[None])


class ReferenceCompared(Frozen):
    """一个方面用什么作比较。"""

    dimension: str = Field(description="方面", examples=["innovation"])
    value: float | None = Field(description="参照值，0 至 100；没有为 null", examples=[62.5])
    what: str = Field(description="参照是什么", examples=["科技型中小企业评价"])
    note: str = Field(description="说明", examples=[""])


class GapFound(Frozen):
    """一方的分数与参照的差距。"""

    sheet: str = Field(description="哪一方", examples=["bank"])
    dimension: str = Field(description="方面", examples=["innovation"])
    mark: float = Field(description="分数", examples=[90])
    reference: float = Field(description="参照值", examples=[62.5])
    gap: float = Field(description="差距", examples=[27.5])
    to_explain: bool = Field(description="是否须由该方说明", examples=[True])


class PartyBears(Frozen):
    """违约时一方承担多少；单位：元。"""

    party: str = Field(description="哪一方", examples=["bank"])
    label: str = Field(description="中文名", examples=["银行"])
    in_default: str = Field(description="违约时承担的损失（元）", examples=["270000.00"])


class SupportReported(Frozen):
    """支持的测算，开启时算定，不再改变；不含违约概率。"""

    illustrative: bool = Field(description="是否示意规则：没有正式文件", examples=[False])
    exposure: str | None = Field(description="敞口（元）", examples=["2000000.00"])
    sharing: str = Field(description="损失如何分担", examples=["省 35%、市 35%、银行 30%"])
    parties: list[PartyBears] = Field(description="各方承担")
    loss_mark: str = Field(description="损失率未经核实时须写明的话", examples=["（未核实）"])
    benefits: list[AmountReported] = Field(description="各项支持")
    notes: list[str] = Field(description="须知", examples=[[]])


class OpeningReport(Frozen):
    """同时开启的各方评价表、参照与模型结果；模型只给等级与分数，不给违约概率。"""

    number: str = Field(description="申请编号", examples=["SQ000001"])
    status: str = Field(description="模型评估的状态", examples=["scored"])
    grade: str | None = Field(description="模型等级", examples=["BBB"])
    place: int | None = Field(description="在主标尺上的位次，1 为最好", examples=[4])
    places: int = Field(description="主标尺共有几级", examples=[9])
    score: int | None = Field(description="分数", examples=[612])
    message: str = Field(description="模型的说明；只给科技局", examples=[""])
    sheets: list[SheetReported] = Field(description="各方评价表")
    references: list[ReferenceCompared] = Field(description="各方面的参照")
    gaps: list[GapFound] = Field(description="各方与参照的差距")
    composites: dict[str, float] = Field(description="各方面的综合分", examples=[{"innovation": 70.0}])
    composite: float = Field(description="综合分，0 至 100", examples=[68.5])
    disagreement: float = Field(description="分歧指数，0 至 1", examples=[0.12])
    moved: int = Field(description="模型等级共移动几级，正为上调", examples=[0])
    grade_after: str | None = Field(description="移动后的等级", examples=["BBB"])
    suggestion: str = Field(description="建议；由人作出结论", examples=["recommended"])
    reasons: list[str] = Field(description="建议的理由", examples=[["政策条件、综合分、等级与分歧均在约定范围内。"]])
    conditions: list[FindingReported] = Field(description="提交时产品各项条件的核对；实际数值只给科技局，他方为空")
    support: SupportReported | None = Field(description="支持的测算；没有为 null")


REFUSED = (TokenMissing, TokenUnknown, StoreBusy)


@router.get(
    "/applications",
    operation_id="list_applications",
    summary="与本机构有关的申请",
    responses=refusals(*REFUSED, CursorInvalid, parameters=True),
)
def list_applications(
    party: Caller, desks: DesksHere, now: Now, cursor: CursorGiven = None, limit: Limit = 50
) -> ApplicationsReport:
    """按编号列出与本机构有关的联合评价申请。

    (List the institution's own applications.)
    """
    cursors = Cursors(desks.secret, tenant=party.code, route="/v1/applications")
    after = cursors.last_text(cursor)
    with desks.joint.visit(at=now) as visit:
        items = [application_report(one) for one in visit.list_all(by=actor_of(party), after=after, limit=limit)]
        visit.commit()
    return ApplicationsReport(items=items, next=cursors.write(items[-1].number) if len(items) == limit else None)


@router.get(
    "/applications/{number}",
    operation_id="read_application",
    summary="读取一笔申请",
    responses=refusals(*REFUSED, ApplicationUnknown, parameters=True),
)
def read_application(
    number: Number, party: Caller, desks: DesksHere, now: Now, response: Response
) -> ApplicationReport:
    """读取申请的状态、各步、待办与款项；答复头 ETag 为其版本，办理下一步时带回。

    (Read one application of the institution's own.)
    """
    with desks.joint.visit(at=now) as visit:
        told = visit.read(number, by=actor_of(party))
        visit.commit()
    response.headers.update(etag(told.version))
    return application_report(told)


@router.get(
    "/applications/{number}/opening",
    operation_id="read_opening",
    summary="读取同时开启的评价",
    responses=refusals(*REFUSED, ApplicationUnknown, SheetsSealed, consent=True, parameters=True),
)
def read_opening(number: Number, party: Caller, desks: DesksHere, now: Now) -> OpeningReport:
    """各方评价表、参照、差距、模型等级与建议；交齐之前拒绝，企业授权终止之后也拒绝。

    (Read what was opened at once; refused before the last sheet is in, and without a valid consent.)
    """
    with desks.joint.visit(at=now) as visit:
        told = visit.read_opening(number, by=actor_of(party))
        visit.commit()
    return opening_report(told)


def opening_report(told: ToldOpening) -> OpeningReport:
    """Write down what was opened, for one of the parties."""
    return OpeningReport(
        **{
            **vars(told),
            "sheets": [_sheet(one) for one in told.sheets],
            "references": [_reference(one) for one in told.references],
            "gaps": [_gap(one) for one in told.gaps],
            "composites": {str(name): float(value) for name, value in told.composites.items()},
            "composite": float(told.composite),
            "disagreement": float(told.disagreement),
            "reasons": list(told.reasons),
            "conditions": findings_report(told.conditions),
            "support": _support(told.support) if told.support else None,
        }
    )


def _sheet(told: ToldSheet) -> SheetReported:
    return SheetReported(**{**vars(told), "marks": {str(name): int(mark) for name, mark in told.marks.items()}})


def _reference(told: Reference) -> ReferenceCompared:
    return ReferenceCompared(**{**vars(told), "value": None if told.value is None else float(told.value)})


def _gap(told: Gap) -> GapFound:
    numbers = {name: float(getattr(told, name)) for name in ("mark", "reference", "gap")}
    return GapFound(**{**vars(told), **numbers})


def _support(told: Support) -> SupportReported:
    return SupportReported(
        illustrative=told.illustrative,
        exposure=None if told.exposure is None else f"{told.exposure:.2f}",
        sharing=told.sharing,
        parties=[
            PartyBears(party=one.party, label=one.label, in_default=f"{one.in_default:.2f}") for one in told.parties
        ],
        loss_mark=told.loss_mark,
        benefits=[amount_report(one) for one in told.benefits],
        notes=list(told.notes),
    )
