"""Who may ask for what at the exchange? One table: scope x role -> relation.

A scope says what a client may do, its role what kind of institution it is, the relation whose rows it then
sees. Permissions know nothing of tables: the tenant that a relation means is an argument of every query.
"""

from collections.abc import Mapping
from enum import StrEnum

from data.spec.errors import Refusal


class Role(StrEnum):
    """Name what kind of institution a client acts for."""

    BANK = "bank"
    GUARANTOR = "guarantor"
    BUREAU = "bureau"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    ENTERPRISE = "enterprise"


class Relation(StrEnum):
    """Name whose rows a role sees under a scope."""

    OWN = "own"
    """Rows of the institution itself, and what enterprises consented to show it."""
    DUTY = "duty"
    """Rows of every institution, under the bureau's or an auditor's recorded duty."""
    SUBJECT = "subject"
    """Rows about the enterprise that asks."""
    PUBLIC = "public"
    """Nobody's rows: declarations and dated documents."""


class Scope(StrEnum):
    """Name one kind of request, as OAuth scopes do."""

    ASSESSMENTS_WRITE = "assessments:write"
    ASSESSMENTS_READ = "assessments:read"
    FEEDBACK_WRITE = "feedback:write"
    FEEDBACK_READ = "feedback:read"
    REVIEWS_WRITE = "reviews:write"
    ENTERPRISES_READ = "enterprises:read"
    CONSENTS_WRITE = "consents:write"
    CONSENTS_READ = "consents:read"
    APPLICATIONS_WRITE = "applications:write"
    APPLICATIONS_READ = "applications:read"
    LOANS_WRITE = "loans:write"
    LOANS_READ = "loans:read"
    BACKTESTS_WRITE = "backtests:write"
    OBJECTIONS_WRITE = "objections:write"
    OBJECTIONS_READ = "objections:read"
    WARNINGS_WRITE = "warnings:write"
    WARNINGS_READ = "warnings:read"
    POLICIES_TRY = "policies:try"
    CATALOGUE_READ = "catalogue:read"
    EVENTS_READ = "events:read"
    WEBHOOKS_WRITE = "webhooks:write"
    AUDIT_READ = "audit:read"


LABELS: Mapping[Scope, str] = {
    Scope.ASSESSMENTS_WRITE: "申请评估与批量评估",
    Scope.ASSESSMENTS_READ: "读取本机构的评估、解释、来历与有效期",
    Scope.FEEDBACK_WRITE: "报送采纳情况",
    Scope.FEEDBACK_READ: "查看采纳情况与解释复核的汇总",
    Scope.REVIEWS_WRITE: "复核评估的理由",
    Scope.ENTERPRISES_READ: "检索已授权企业并核验资质",
    Scope.CONSENTS_WRITE: "登记、撤回与续签授权",
    Scope.CONSENTS_READ: "查看授权",
    Scope.APPLICATIONS_WRITE: "办理联合评价申请与评价表",
    Scope.APPLICATIONS_READ: "查看联合评价申请",
    Scope.LOANS_WRITE: "报送贷款与结果",
    Scope.LOANS_READ: "查看本机构报送的贷款",
    Scope.BACKTESTS_WRITE: "样本回溯",
    Scope.OBJECTIONS_WRITE: "提出与办理异议",
    Scope.OBJECTIONS_READ: "查看异议",
    Scope.WARNINGS_WRITE: "处置贷后预警",
    Scope.WARNINGS_READ: "查看贷后预警",
    Scope.POLICIES_TRY: "政策试算",
    Scope.CATALOGUE_READ: "查看指标、模型目录",
    Scope.EVENTS_READ: "读取事件与投递记录",
    Scope.WEBHOOKS_WRITE: "管理事件推送地址",
    Scope.AUDIT_READ: "读取审计检查点",
}

_LENDERS = {Role.BANK: Relation.OWN, Role.GUARANTOR: Relation.OWN}
_PARTIES = {**_LENDERS, Role.BUREAU: Relation.DUTY}
_PARTIES_AND_SUBJECT = {**_PARTIES, Role.ENTERPRISE: Relation.SUBJECT}

PERMITTED: Mapping[Scope, Mapping[Role, Relation]] = {
    Scope.ASSESSMENTS_WRITE: _PARTIES,
    Scope.ASSESSMENTS_READ: _PARTIES,
    Scope.FEEDBACK_WRITE: _PARTIES,
    Scope.FEEDBACK_READ: {Role.BUREAU: Relation.DUTY},
    Scope.REVIEWS_WRITE: {Role.BUREAU: Relation.DUTY},
    Scope.ENTERPRISES_READ: _PARTIES,
    Scope.CONSENTS_WRITE: _PARTIES_AND_SUBJECT,
    Scope.CONSENTS_READ: _PARTIES_AND_SUBJECT,
    Scope.APPLICATIONS_WRITE: _PARTIES,
    Scope.APPLICATIONS_READ: _PARTIES,
    Scope.LOANS_WRITE: _LENDERS,
    Scope.LOANS_READ: _PARTIES,
    Scope.BACKTESTS_WRITE: _LENDERS,
    Scope.OBJECTIONS_WRITE: _PARTIES_AND_SUBJECT,
    Scope.OBJECTIONS_READ: _PARTIES_AND_SUBJECT,
    Scope.WARNINGS_WRITE: _PARTIES,
    Scope.WARNINGS_READ: _PARTIES,
    Scope.POLICIES_TRY: dict.fromkeys(_PARTIES, Relation.PUBLIC),
    Scope.CATALOGUE_READ: dict.fromkeys(Role, Relation.PUBLIC),
    Scope.EVENTS_READ: {**_PARTIES, Role.BUREAU: Relation.OWN},
    Scope.WEBHOOKS_WRITE: {**_PARTIES, Role.BUREAU: Relation.OWN},
    Scope.AUDIT_READ: {**_PARTIES, Role.BUREAU: Relation.DUTY, Role.AUDITOR: Relation.DUTY},
}
"""Who may do what, and whose rows it then sees; what is not here is refused."""


class ScopeMissing(Refusal):
    """The client's role or its token does not allow this kind of request."""

    code = "scope-missing"
    status = 403


def scopes_of(role: Role) -> frozenset[Scope]:
    """Return every scope that a role may be granted."""
    return frozenset(scope for scope, roles in PERMITTED.items() if role in roles)


def relation(role: Role, scope: Scope, *, granted: frozenset[Scope]) -> Relation:
    """Return whose rows a request sees; raise ScopeMissing where role or token does not allow it."""
    found = PERMITTED[scope].get(role)
    if found is None:
        raise ScopeMissing("贵机构不办理此类请求。", help=f"此类请求：{LABELS[scope]}。如有需要请联系科技局。")
    if scope not in granted:
        raise ScopeMissing(f"令牌不含权限 {scope}。", help="请在申请令牌时加入该权限。")
    return found
