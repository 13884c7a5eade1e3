"""Of which warnings about its borrowers is an institution told, and what did it do about them?"""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.exchange.application_report import Person
from api.exchange.door import DesksHere, Fingerprint, IdempotencyKey, Now, guarded_router
from api.exchange.once import Sending, answer_once
from api.exchange.paging import CursorGiven, CursorInvalid, Cursors, Limit
from api.exchange.report import Frozen, SourceReported
from api.exchange.words import Day, LongText
from api.identity import Caller
from api.problems import (
    CREATING,
    StoreBusy,
    TokenMissing,
    TokenUnknown,
    refusals,
)
from risk.permissions import Scope
from risk.warning_report import OUTCOME_LABELS, Outcome, ToldWarning
from risk.warnings import WarningUnknown

ROUTE = "POST /v1/warnings/acknowledgements"

reading = guarded_router("预警", Scope.WARNINGS_READ)
router = guarded_router("预警", Scope.WARNINGS_WRITE)

Id = Annotated[str, Path(description="预警编号", max_length=36, pattern=r"^[0-9A-Za-z-]+$", examples=["W0123456789"])]


class AcknowledgedReport(Frozen):
    """本机构对预警的处理，以最近一次为准。"""

    outcome: str = Field(
        description="结果：seen 已知悉、acting 已采取措施、false_alarm 误报、came_true 风险已成真", examples=["acting"]
    )
    outcome_label: str = Field(description="结果的中文名", examples=["已采取措施"])
    note: str = Field(description="说明", examples=["已约谈企业"])
    at: datetime = Field(description="登记的时刻", examples=["2026-01-01T09:30:00+08:00"])


class WarningReport(Frozen):
    """一条贷后预警，只含贵机构可知的部分。"""

    id: str = Field(description="预警编号；同一件事编号不变", examples=["W0123456789"])
    rule: str = Field(description="预警的规则", examples=["overdue"])
    label: str = Field(description="规则的中文名", examples=["出现逾期"])
    severity: int = Field(description="严重程度：1 关注、2 预警、3 严重", examples=[2])
    severity_label: str = Field(description="严重程度的中文名", examples=["预警"])
    enterprise: str = Field(description="企业名称", examples=["淄博示例陶瓷科技有限公司（演示）"])
    identifier: str = Field(description="企业标识", examples=["91370303MA3C000006"])
    happened_on: date = Field(description="事情发生的日期", examples=["2025-12-20"])
    known_on: date = Field(description="最早可知的日期", examples=["2025-12-28"])
    sentence: str = Field(description="一句话", examples=["出现逾期：45天"])
    bare: bool = Field(description="是否来自其他企业的信息：只提示，不列明细", examples=[False])
    ground: str = Field(description="凭什么告知：本行报送、企业授权、履职", examples=["企业授权"])
    evidence: list[SourceReported] = Field(description="可见的来源行")
    acknowledged: AcknowledgedReport | None = Field(description="本机构的处理；尚未处理为 null")


class WarningsReport(Frozen):
    """告知本机构的预警，最近的在前。"""

    items: list[WarningReport] = Field(description="预警")
    next: str | None = Field(description="下一页的游标；null 表示已读完", examples=[None])


class AcknowledgementRequest(BaseModel):
    """对一条预警做了什么；可再次登记，以前的记录保留。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: Person
    outcome: Literal["seen", "acting", "false_alarm", "came_true"] = Field(
        description="结果：seen 已知悉、acting 已采取措施、false_alarm 误报、came_true 风险已成真", examples=["acting"]
    )
    note: LongText | None = Field(default=None, description="说明", examples=["已约谈企业"])


Since = Annotated[
    Day | None, Query(description="从哪一天起可知的预警（YYYY-MM-DD）；缺省为近90天", examples=["2025-10-01"])
]


@reading.get(
    "/warnings",
    operation_id="list_warnings",
    summary="告知本机构的预警",
    responses=refusals(TokenMissing, TokenUnknown, CursorInvalid, StoreBusy, parameters=True),
)
def list_warnings(
    party: Caller, desks: DesksHere, now: Now, since: Since = None, cursor: CursorGiven = None, limit: Limit = 50
) -> WarningsReport:
    """在贷企业的预警：本行报送的，或企业授权贷后监测并开放该类数据的；来自其他企业的只提示，不列明细。

    (List the warnings that this institution may be told.)
    """
    cursors = Cursors(desks.secret, tenant=party.code, route="/v1/warnings")
    place = cursors.read(cursor)
    after = None if place is None else (int(place[0]), int(place[1]), str(place[2]))
    with desks.warnings.visit(at=now) as visit:
        found = visit.list_told(tenant=party.code, since=since, after=after, limit=limit)
        visit.commit()
    last = found[-1].warning if len(found) == limit else None
    return WarningsReport(
        items=[warning_report(one) for one in found],
        next=None if last is None else cursors.write(-last.known_on.toordinal(), -last.severity, last.id),
    )


@router.post(
    "/warnings/{id}/acknowledgements",
    operation_id="acknowledge_warning",
    status_code=201,
    summary="登记预警的处理",
    response_model=WarningReport,
    responses=refusals(
        *CREATING,
        WarningUnknown,
        body=True,
    ),
)
def acknowledge_warning(
    told: AcknowledgementRequest,
    id: Id,
    party: Caller,
    desks: DesksHere,
    now: Now,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
) -> Response:
    """登记本机构对一条预警的处理；只增不改，并记入审计。

    (Keep what this institution did about a warning.)
    """
    sending = Sending(tenant=party.code, route=ROUTE, key=key, fingerprint=fingerprint)
    with desks.warnings.visit(at=now) as visit:

        def make() -> tuple[int, str]:
            done = visit.acknowledge(
                id,
                outcome=Outcome(told.outcome),
                note=told.note or "",
                tenant=party.code,
                actor=f"{party.code}:{told.person}",
            )
            return 201, warning_report(done).model_dump_json()

        return answer_once(visit, sending, make)


def warning_report(told: ToldWarning) -> WarningReport:
    """Write a warning down for the one it is told to."""
    one = told.warning
    done = one.acknowledged
    return WarningReport(
        id=one.id,
        rule=one.rule,
        label=one.label,
        severity=one.severity,
        severity_label=one.severity_label,
        enterprise=one.enterprise_name,
        identifier=one.identifier,
        happened_on=one.happened_on,
        known_on=one.known_on,
        sentence=one.sentence,
        bare=one.bare,
        ground=told.ground,
        evidence=[SourceReported(**vars(source)) for source in told.evidence],
        acknowledged=None
        if done is None
        else AcknowledgedReport(
            outcome=done.outcome, outcome_label=OUTCOME_LABELS[done.outcome], note=done.note, at=done.at
        ),
    )
