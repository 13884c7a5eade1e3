"""Which words tell of a long work: how far it is, and what was refused of it?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from fastapi import Response
from pydantic import Field

from api.clock import SHANGHAI
from api.exchange.report import Frozen
from api.exchange.versions import etag
from api.problem_words import TITLES
from data.spec.batches import BatchState, ItemState, LongWork

POLL_SECONDS = 5
"""So long a client had better wait before it looks again."""

STATE_LABELS: Mapping[BatchState, str] = {
    BatchState.QUEUED: "排队中",
    BatchState.RUNNING: "进行中",
    BatchState.FINISHED: "已完成",
    BatchState.CANCELLED: "已取消",
    BatchState.FAILED: "因服务故障中止",
}
STATES = "、".join(f"{state} {label}" for state, label in STATE_LABELS.items())
NO_LONGER_READABLE = "企业授权已止，不能读取"


class ItemCounts(Frozen):
    """各项的数目。"""

    wanted: int = Field(description="申请的项数", examples=[500])
    made: int = Field(description="已有答复的项数（含不予评分）", examples=[320])
    refused: int = Field(description="被拒绝的项数，见 errors_url", examples=[4])
    cancelled: int = Field(description="未及答复即取消的项数", examples=[0])


class LongWorkReport(Frozen):
    """一项逐项办理的工作进行到哪里。"""

    id: str = Field(description="编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    version: int = Field(description="版本，与 ETag 一致；取消时带回", examples=[2])
    state: Literal["queued", "running", "finished", "cancelled", "failed"] = Field(
        description=f"状态：{STATES}；以后可能新增", examples=["running"]
    )
    state_label: str = Field(description="状态的中文名", examples=["进行中"])
    counts: ItemCounts = Field(description="各项的数目")
    progress: float = Field(description="已了结的比例；单位：/1", examples=[0.648])
    created_at: datetime = Field(description="申请时刻", examples=["2026-01-01T09:30:00+08:00"])
    ended_at: datetime | None = Field(description="结束时刻；null 表示尚未结束", examples=[None])
    result_url: str = Field(description="逐项的答复", examples=["/v1/assessment-batches/019b76da/results"])
    errors_url: str = Field(description="逐项的错误", examples=["/v1/assessment-batches/019b76da/errors"])
    expires_at: datetime = Field(description="此后不再可读", examples=["2026-01-31T09:30:00+08:00"])


class ItemErrorReported(Frozen):
    """被拒绝的一项：位置与原因，不含所提交的内容。"""

    position: int = Field(description="在申请中的位置（首项为0）", examples=[7])
    pointer: str = Field(description="所在的 JSON 指针", examples=["/enterprises/7"])
    code: str = Field(description="原因的稳定代码，同单次申请；以后可能新增", examples=["consent-required"])
    title: str = Field(description="原因的中文名", examples=["缺少企业授权"])


class ItemErrorsReport(Frozen):
    """一页错误，依申请中的次序。"""

    items: list[ItemErrorReported] = Field(description="逐项的错误")
    next: str | None = Field(description="下一页的游标；null 表示此刻没有更多", examples=["WzddLmM.c2lnbmF0dXJl"])


def how_far(one: LongWork, place: str) -> dict[str, Any]:
    """Return the members of a report that every long work has; `place` is its address."""
    return {
        "id": one.id,
        "version": one.version,
        "state": one.state.value,
        "state_label": STATE_LABELS[one.state],
        "counts": ItemCounts(
            wanted=one.wanted,
            made=one.counts.get(ItemState.MADE, 0),
            refused=one.counts.get(ItemState.REFUSED, 0),
            cancelled=one.counts.get(ItemState.CANCELLED, 0),
        ),
        "progress": round(1 - one.waiting / one.wanted, 4),
        "created_at": one.created_at.astimezone(SHANGHAI),
        "ended_at": None if one.ended_at is None else one.ended_at.astimezone(SHANGHAI),
        "result_url": f"{place}/results",
        "errors_url": f"{place}/errors",
        "expires_at": one.expires_at.astimezone(SHANGHAI),
    }


def item_error(position: int, code: str | None, *, of: str) -> ItemErrorReported:
    """Tell why one item was refused; `of` names the list of the request that it stood in."""
    known = code or "fault"
    title = TITLES.get(known, "请求被拒绝")
    return ItemErrorReported(position=position, pointer=f"/{of}/{position}", code=known, title=title)


def tell_version(response: Response, one: LongWork) -> None:
    """Put a work's version on the answer, and while it is open when to look again."""
    response.headers.update(etag(one.version))
    if one.state.is_open:
        response.headers["Retry-After"] = str(POLL_SECONDS)
