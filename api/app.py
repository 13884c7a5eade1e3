"""How are the endpoints put together into one service?"""

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from api import problems
from api.clock import Clock
from api.desks import Desks
from api.envelope import Envelope
from api.exchange import (
    health,
    list_audit_events,
    read_assessment,
    read_audit_checkpoint,
    read_catalogue,
    read_evidence,
    read_explanation,
    request_assessment,
)

if TYPE_CHECKING:
    import structlog

VERSION = "0.1.0"
DESCRIPTION = """鲁科评：科技局的科技金融信用风险评估服务。分数仅供银行授信参考，服务本身不批准也不拒绝任何贷款。

* 每次请求携带机构令牌；会产生记录的请求另须携带 `Idempotency-Key`。
* 所有错误采用 RFC 9457（`application/problem+json`），带稳定的 `code` 与交互编号。
* 版本 `/v1` 只增不改；枚举值以后可能新增。
"""
TAGS = [
    {"name": "评估", "description": "申请与读取企业信用评估。"},
    {"name": "目录", "description": "指标与模型的声明。"},
    {"name": "审计", "description": "保存检查点，查看本机构的审计记录。"},
    {"name": "健康", "description": "供监控探测。"},
]

ENDPOINTS = (
    request_assessment,
    read_assessment,
    read_explanation,
    read_evidence,
    read_catalogue,
    read_audit_checkpoint,
    list_audit_events,
    health,
)
"""In the order of the documents' page."""


def create_app(desks: Future[Desks], *, clock: Clock, log: "structlog.typing.FilteringBoundLogger") -> FastAPI:
    """Return the service on desks that may still be arriving: it listens at once, and answers when they are there."""
    app = FastAPIOffline(
        title="鲁科评 Lukeping",
        version=VERSION,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        servers=[{"url": "/", "description": "本服务"}],
        telemetry={"logs": False},  # Its log lines carry messages of validation, and so input.
    )
    app.state.desks = desks
    app.state.clock = clock
    problems.install(app)
    for endpoint in ENDPOINTS:
        app.include_router(endpoint.router)
    app.add_middleware(Envelope, log=log)
    _declare_problem(app)
    return app


def _declare_problem(app: FastAPI) -> None:
    """Put the shape of errors into the schema: responses refer to it by name."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        schema = describe()
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        shape = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(shape.pop("$defs", {}))
        schemas["Problem"] = shape
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        return schema

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's documented way to extend its schema.
