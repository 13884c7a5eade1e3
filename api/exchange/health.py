"""Is the service alive, and can it answer?"""

from concurrent.futures import Future
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import Field

from api.desks import Desks
from api.exchange.door import ArrivingDesks
from api.exchange.report import Frozen
from api.problems import PUBLIC, refusals

router = APIRouter(prefix="/health", tags=["健康"])


class Liveness(Frozen):
    """服务进程在运行。"""

    status: Literal["live"] = Field(default="live", description="运行中", examples=["live"])


class Readiness(Frozen):
    """服务能否作答，以及各项检查；不含任何内部细节。"""

    status: Literal["ready", "not_ready"] = Field(description="能否作答", examples=["ready"])
    mode: Literal["live", "demonstration", "sandbox"] | None = Field(
        default=None,
        description="库的种类：live 真实，demonstration 演示城市，sandbox 接入沙箱（后两者均为虚构）；启动中为 null",
        examples=["sandbox"],
    )
    checks: dict[str, bool] = Field(description="各项检查是否通过", examples=[{"存储": True, "模型": True}])


@router.get(
    "/live",
    operation_id="check_live",
    summary="进程是否在运行",
    responses=refusals(body_length=True),
    openapi_extra=PUBLIC,
)
def check_live() -> Liveness:
    """进程在运行即返回 200。

    (Answer 200 while the process runs.)
    """
    return Liveness()


@router.get(
    "/ready",
    operation_id="check_ready",
    summary="能否作答",
    responses={
        503: {"model": Readiness, "description": "暂不能作答：存储不可用或模型未载入"},
        **refusals(body_length=True),
    },
    openapi_extra=PUBLIC,
)
def check_ready(arriving: ArrivingDesks, response: Response) -> Readiness:
    """存储可用且模型已载入时返回 200，否则 503。

    (Answer 200 when the store answers and a model is loaded, else 503.)
    """
    checks = _checks(arriving)
    ready = all(checks.values())
    response.status_code = 200 if ready else 503
    return Readiness(status="ready" if ready else "not_ready", mode=_mode(arriving), checks=checks)


def _checks(arriving: Future[Desks]) -> dict[str, bool]:
    """Look at the store and the model; while the service still starts, say so at once."""
    if not arriving.done():
        return {"启动": False}
    return {check.name: check.well for check in arriving.result().health.check_ready()}


def _mode(arriving: Future[Desks]) -> Literal["live", "demonstration", "sandbox"] | None:
    """Say what kind of store answers; None while the service still starts."""
    if not arriving.done():
        return None
    desks = arriving.result()
    if desks.sandbox:
        return "sandbox"
    return "live" if desks.today is None else "demonstration"
