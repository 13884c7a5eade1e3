"""How does an institution see who did and read what of its own?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from api.audit_desk import AuditEntry, ChainUnknown
from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.paging import USUAL, CursorGiven, CursorInvalid, Cursors, Limit
from api.exchange.report import Frozen
from api.identity import Caller, CallerRelation
from api.problems import TokenMissing, TokenUnknown, refusals
from risk.permissions import Relation, Scope

router = guarded_router("审计", Scope.AUDIT_READ)

TenantAsked = Annotated[
    str | None,
    Query(
        description="哪家机构的记录；只有科技局与审计方可看别家的，不填即本机构",
        max_length=64,
        pattern=r"^[0-9A-Za-z_.-]+$",
        examples=["zb-bank-01"],
    ),
]


class AuditEventReported(Frozen):
    """一条审计记录：何时、何人、对何事做了什么。"""

    seq: int = Field(description="在本机构审计链中的序号，从1起，不跳号", examples=[17])
    at: datetime = Field(description="时间", examples=["2026-01-01T09:30:00+08:00"])
    actor: str = Field(description="何人：机构代码，或经办渠道与其人的引用值", examples=["zb-bank-01"])
    action: str = Field(description="何事；以后可能新增", examples=["assessment.read"])
    object: str = Field(description="对象的编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    details: Mapping[str, str | int | None] = Field(
        description="细节；不含企业名称、代码与指标值", examples=[{"feature": "patent_invention_grants_3y"}]
    )
    hash: str = Field(description="这一条的校验值", examples=["9c56cc51b374c3ba189210d5b6d4bf57…"])
    alg: str = Field(description="校验值的算法：sha256 或 sm3", examples=["sha256"])


class AuditEventsReported(Frozen):
    """一页审计记录。"""

    items: list[AuditEventReported] = Field(description="记录，由旧到新")
    next: str | None = Field(description="续读的游标；null 表示目前没有更多", examples=["WzE3XQ.c2lnbmF0dXJl"])


@router.get(
    "/audit/events",
    operation_id="list_audit_events",
    summary="查看审计记录",
    response_description="一页审计记录",
    responses=refusals(TokenMissing, TokenUnknown, ChainUnknown, CursorInvalid, parameters=True),
)
def list_audit_events(  # Each is a part of the request, filled in by the framework.
    bank: Caller,
    relation: CallerRelation,
    desks: DesksHere,
    now: Now,
    tenant: TenantAsked = None,
    cursor: CursorGiven = None,
    limit: Limit = USUAL,
) -> AuditEventsReported:
    """本机构的审计记录，由旧到新；科技局与审计方可按机构查看，其查看本身也记入该机构的审计链。

    (List who did and read what of this institution's own; bureau and auditor may name another institution.)
    """
    of = tenant or bank.code
    if of != bank.code and relation is not Relation.DUTY:
        raise ChainUnknown("没有这家机构的审计链。", help="请核对机构代码；不填即本机构。")
    cursors = Cursors(desks.secret, tenant=bank.code, route=f"/v1/audit/events?tenant={of}")
    after = cursors.last_number(cursor, before=0)
    found = desks.audit.entries(of, after=after, most=limit + 1, reader=bank.code, at=now)
    shown = found[:limit]
    return AuditEventsReported(
        items=[_reported(entry) for entry in shown],
        next=cursors.write(shown[-1].seq) if len(found) > limit else None,
    )


def _reported(entry: AuditEntry) -> AuditEventReported:
    return AuditEventReported(
        seq=entry.seq,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        object=entry.object_id,
        details=entry.details,
        hash=entry.hash,
        alg=entry.alg,
    )
