"""Which shape has a consent over HTTP, and who is asking about it?"""

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Path
from pydantic import Field

from api.exchange.report import Frozen
from api.identity import Caller
from data.spec.consent import Consent, ConsentStatus, Party
from risk.consent_words import Asking, ConsentShown
from risk.permissions import Role

PARTIES = {Role.BUREAU: Party.REGULATOR, Role.ENTERPRISE: Party.ENTERPRISE}
STATUS_LABELS = {
    ConsentStatus.AWAITING: "等待企业确认",
    ConsentStatus.AUTHORISED: "有效",
    ConsentStatus.REJECTED: "已拒绝",
    ConsentStatus.REVOKED: "已撤回",
    ConsentStatus.EXPIRED: "已到期",
    ConsentStatus.SUPERSEDED: "已由续签取代",
}

ConsentId = Annotated[
    str,
    Path(
        description="授权编号",
        max_length=64,
        pattern=r"^[0-9A-Za-z-]+$",
        examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"],
    ),
]


class ConsentReport(Frozen):
    """一份企业授权现在的状况；内容不变，变动都是新的版本。"""

    id: str = Field(description="授权编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    version: int = Field(description="版本，与 ETag 一致", examples=[1])
    enterprise: str = Field(description="企业名称", examples=["淄博示例陶瓷科技有限公司（演示）"])
    grantee: str = Field(description="被授权的机构", examples=["bank-a"])
    purposes: list[str] = Field(description="用途", examples=[["pre_loan"]])
    permissions: list[str] = Field(description="可做的事", examples=[["score:read"]])
    categories: list[str] = Field(description="数据类别", examples=[["rnd"]])
    valid_from: datetime = Field(description="起", examples=["2026-01-01T00:00:00+08:00"])
    valid_to: datetime = Field(description="止（不含）", examples=["2026-12-31T00:00:00+08:00"])
    status: str = Field(description="状态", examples=["authorised"])
    status_label: str = Field(description="状态的中文名", examples=["有效"])
    changed_at: datetime | None = Field(description="最近一次变动的时刻", examples=["2026-01-01T09:30:00+08:00"])
    changed_by: str | None = Field(
        description="由谁变动：enterprise、grantee、platform、regulator", examples=["enterprise"]
    )
    reason: str = Field(
        description="变动的原因；到期为 term-over，逾期未确认为 not-confirmed-in-time，续签为 renewed", examples=[""]
    )
    supersedes: str | None = Field(description="所续签的授权", examples=[None])
    history_from: date | None = Field(description="可问及的最早评估日；不限为 null", examples=[None])
    daily_limit: int | None = Field(description="每天至多申请几次评估；不限为 null", examples=[None])
    document_sha256: str | None = Field(description="授权书文件的 sha256", examples=["3b1f…"])
    text_version: str | None = Field(description="授权书文本的版本", examples=["2026-01"])
    text_sha256: str | None = Field(default=None, description="授权书文本的 sha256", examples=["9c0d…"])
    signatory_role: str | None = Field(
        default=None,
        description="签署人：legal_representative 法定代表人、agent 经办人；没有写明为 null",
        examples=["legal_representative"],
    )
    signing_ref: str | None = Field(description="电子签约平台的存证编号", examples=[None])
    delete_by: datetime | None = Field(
        description="终止后，被授权机构应在此前删除所得的信息；未终止为 null", examples=["2026-02-01T09:30:00+08:00"]
    )


def _asking(caller: Caller) -> Asking:
    return Asking(tenant=caller.code, party=PARTIES.get(caller.role, Party.GRANTEE), subject=caller.subject)


AskingHere = Annotated[Asking, Depends(_asking)]
"""Who asks about consents: a grantee about its own, an enterprise about those it gave, the bureau under its duty."""


def consent_report(shown: ConsentShown) -> ConsentReport:
    """Write a consent down as it stands."""
    return _report(shown.consent, shown.status, shown.enterprise_name, shown.delete_by)


def version_report(consent: Consent, enterprise: str) -> ConsentReport:
    """Write one version down as it was kept."""
    return _report(consent, consent.status, enterprise, None)


def _report(consent: Consent, status: ConsentStatus, enterprise: str, delete_by: datetime | None) -> ConsentReport:
    return ConsentReport(
        id=consent.id,
        version=consent.version,
        enterprise=enterprise,
        grantee=consent.grantee,
        purposes=sorted(consent.purposes),
        permissions=sorted(consent.permissions),
        categories=sorted(consent.categories),
        valid_from=consent.valid_from,
        valid_to=consent.valid_to,
        status=status,
        status_label=STATUS_LABELS[status],
        changed_at=consent.changed_at,
        changed_by=consent.changed_by,
        reason=consent.reason,
        supersedes=consent.supersedes,
        document_sha256=consent.paper.document_sha256,
        text_version=consent.paper.text_version,
        text_sha256=consent.paper.text_sha256,
        signatory_role=consent.paper.signatory_role,
        signing_ref=consent.paper.signing_ref,
        history_from=consent.history_from,
        daily_limit=consent.daily_limit,
        delete_by=delete_by,
    )
