"""How are the endpoints put together into one service?"""

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from api import problems
from api.capacity import Capacity, Terms
from api.clock import Clock, now
from api.desks import Desks
from api.envelope import Envelope
from api.exchange import (
    cancel_back_test,
    cancel_batch,
    change_consent,
    give_feedback,
    hand_in_sheet,
    health,
    issue_token,
    list_audit_events,
    list_events,
    list_models,
    list_products,
    list_warnings,
    move_application,
    objections,
    open_application,
    read_application,
    read_assessment,
    read_audit_checkpoint,
    read_back_test,
    read_batch,
    read_catalogue,
    read_consent,
    read_evidence,
    read_explanation,
    read_feedback,
    read_loan,
    read_metadata,
    read_validity,
    register_consent,
    report_loan,
    report_outcomes,
    request_assessment,
    request_back_test,
    request_batch,
    review_explanation,
    search_enterprises,
    summarise_reviews,
    try_policy,
    verify_facts,
    webhooks,
)
from api.open_enums import open_enums

if TYPE_CHECKING:
    import structlog

VERSION = "0.1.0"
DESCRIPTION = """鲁科评：科技局的科技金融信用风险评估服务。分数仅供银行授信参考，服务本身不批准也不拒绝任何贷款。

* 每次请求携带机构令牌（DPoP 绑定；演示库另有演示令牌）；会产生记录的请求另须携带 `Idempotency-Key`。
* 所有错误采用 RFC 9457（`application/problem+json`），带稳定的 `code` 与交互编号。
* 版本 `/v1` 只增不改；枚举值以后可能新增。将停用的接口在答复头 `Deprecation`、`Sunset` 中预告。
* 请求次数有限：答复头 `RateLimit-Policy`、`RateLimit` 告知配额与余量；429、503 请按 `Retry-After` 重发。
"""
TAGS = [
    {"name": "评估", "description": "申请与读取企业信用评估。"},
    {"name": "授权", "description": "企业授权的登记、确认、撤回与续签。"},
    {"name": "异议", "description": "企业异议的提出、办理与法定期限。"},
    {"name": "联合评价", "description": "三方联合评价：申请、背对背评价表、同时开启、结论与贷后各步。"},
    {"name": "预警", "description": "贷后预警：告知在贷且获授权的机构，记录处理结果。"},
    {"name": "贷款", "description": "报送贷款与贷后结果：下一个模型的样本。"},
    {"name": "反馈", "description": "报送采纳情况，复核评估的理由。"},
    {"name": "样本回溯", "description": "过去各日的分数；样本的标签留在银行。"},
    {"name": "事件", "description": "发生了什么：按连续编号读取，不会遗漏。"},
    {"name": "身份", "description": "机构的客户端换取令牌。"},
    {"name": "批量评估", "description": "一次申请多家企业的评估，随后查询与取消。"},
    {"name": "企业", "description": "检索已授权的企业，核验资质与记录。"},
    {"name": "政策", "description": "政策产品的数值与试算；不保存。"},
    {"name": "目录", "description": "指标与模型的声明。"},
    {"name": "审计", "description": "保存检查点，查看本机构的审计记录。"},
    {"name": "健康", "description": "供监控探测。"},
]

ENDPOINTS = (
    request_assessment,
    read_assessment,
    read_explanation,
    read_evidence,
    read_validity,
    request_batch,
    read_batch,
    cancel_batch,
    search_enterprises,
    verify_facts,
    register_consent,
    read_consent,
    change_consent,
    objections,
    open_application,
    read_application,
    move_application,
    hand_in_sheet,
    list_warnings,
    report_loan,
    report_outcomes,
    read_loan,
    give_feedback,
    read_feedback,
    review_explanation,
    summarise_reviews,
    request_back_test,
    read_back_test,
    cancel_back_test,
    list_events,
    webhooks,
    read_catalogue,
    issue_token,
    read_metadata,
    list_models,
    list_products,
    try_policy,
    read_audit_checkpoint,
    list_audit_events,
    health,
)
"""In the order of the documents' page."""


def create_app(
    desks: Future[Desks],
    *,
    clock: Clock,
    log: "structlog.typing.FilteringBoundLogger",
    pace: Clock = now,
    terms: Terms | None = None,
    public_url: str | None = None,
) -> FastAPI:
    """Return the service on desks that may still be arriving: it listens at once, and answers when they are there.

    `clock` tells answers their day, which a demonstration lends; `pace` is the real time, by which tokens live and
    quotas refill; `public_url` the address that clients know.
    """
    app = FastAPIOffline(
        title="鲁科评 Lukeping",
        version=VERSION,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        servers=[{"url": "/", "description": "本服务"}],
        contact={"name": "科学技术局（服务的运行单位）"},
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        # Log lines would carry messages of validation, spans whole addresses: both hold what was sent.
        telemetry={"logs": False, "tracing": False},
    )
    app.state.desks = desks
    app.state.clock = clock
    app.state.pace = pace
    app.state.public_url = public_url
    problems.install(app)
    for endpoint in ENDPOINTS:
        for router in (endpoint.router, getattr(endpoint, "reading", None)):
            if router is not None:
                app.include_router(router)
    app.add_middleware(Capacity, terms=terms or Terms())
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
        open_enums(schema)
        return schema

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's documented way to extend its schema.
