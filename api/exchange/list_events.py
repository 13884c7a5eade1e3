"""How does an institution learn what happened, and know that it missed nothing?"""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.paging import Limit
from api.exchange.report import Frozen
from api.identity import Caller
from api.problems import StoreBusy, TokenMissing, TokenUnknown, refusals
from risk.permissions import Scope

router = guarded_router("事件", Scope.EVENTS_READ)

After = Annotated[
    int, Query(ge=0, le=2**31 - 1, description="只要编号大于它的事件；0 从头读起，可随时重读", examples=[0])
]


class EventListed(Frozen):
    """一件事：发生了什么、关于哪一个编号；不含名称、代码与数值，请按编号另读。"""

    id: str = Field(description="事件编号，重复送达时不变", examples=["msg_3f2a91"])
    seq: int = Field(description="本机构内连续的编号，没有缺口", examples=[17])
    type: str = Field(description="发生了什么；以后可能新增", examples=["consent.revoked"])
    object: str = Field(description="关于哪一个编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    at: datetime = Field(description="发生的时刻", examples=["2026-01-01T09:30:00+08:00"])


class EventsReport(Frozen):
    """按编号的事件；`next` 是下次的 after。"""

    items: list[EventListed] = Field(description="事件")
    next: int = Field(description="下次从它之后读起", examples=[17])


@router.get(
    "/events",
    operation_id="list_events",
    summary="读取事件",
    responses=refusals(TokenMissing, TokenUnknown, StoreBusy, parameters=True),
)
def list_events(bank: Caller, desks: DesksHere, now: Now, after: After = 0, limit: Limit = 50) -> EventsReport:
    """按本机构的连续编号读取事件；编号与所述之事在同一事务中写入，读到某一编号即没有遗漏此前的任何一件。

    (Read what happened, by a gapless number of this institution's own.)
    """
    found = desks.events.read(tenant=bank.code, after=after, limit=limit, at=now)
    items = [EventListed(id=one.id, seq=one.seq, type=one.type, object=one.object_id, at=one.at) for one in found]
    return EventsReport(items=items, next=items[-1].seq if items else after)
