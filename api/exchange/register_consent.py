"""How is an enterprise's consent registered, and how is it renewed?"""

import hmac
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.assessment_id import new_id
from api.exchange.consent_report import AskingHere, ConsentId, ConsentReport, consent_report
from api.exchange.door import DesksHere, Fingerprint, IdempotencyKey, Now, guarded_router
from api.exchange.links import leads_to
from api.exchange.once import Sending, answer_once
from api.exchange.words import CleanText, Day, EnterpriseNamed
from api.identity import Caller
from api.problems import CREATING, refusals
from api.secret import derive_key
from data.spec.access import Purpose
from data.spec.consent import Paper, Permission
from data.spec.errors import EnterpriseUnknown
from risk.consent_words import (
    ConsentEnded,
    ConsentTermsUnsound,
    ConsentUnknown,
    NotYourConsent,
    PaperIncomplete,
    WantedConsent,
)
from risk.permissions import Scope

router = guarded_router("授权", Scope.CONSENTS_WRITE)

Sha256 = Annotated[str, Field(strict=True, pattern=r"^[0-9a-f]{64}$")]
PurposeName = Literal["pre_loan", "monitoring", "guarantee", "joint_evaluation", "back_test"]
PermissionName = Literal["score:read", "explanation:read", "indicators:read", "outcome:write", "monitoring"]


class PaperTold(BaseModel):
    """所签署的授权书：只收文件与文本的摘要；签署人姓名只留带密钥的摘要，不留原文。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document_sha256: Sha256 | None = Field(
        default=None,
        description="已签署的授权书文件的 sha256；有则登记后即有效，此时须同时写明 text_version 与 text_sha256",
        examples=["0" * 64],
    )
    text_version: CleanText | None = Field(default=None, description="授权书文本的版本", examples=["2026-01"])
    text_sha256: Sha256 | None = Field(default=None, description="授权书文本的 sha256", examples=["0" * 64])
    signatory: CleanText | None = Field(default=None, description="签署人姓名；不留原文", examples=["（签署人）"])
    signatory_role: Literal["legal_representative", "agent"] | None = Field(
        default=None,
        description="签署人：legal_representative 法定代表人、agent 经办人",
        examples=["legal_representative"],
    )
    signing_ref: CleanText | None = Field(default=None, description="电子签约平台的存证编号", examples=["（存证编号）"])

    def paper(self, secret: bytes) -> Paper:
        """Return what is kept: a keyed hash of the person's name."""
        named = self.signatory.encode() if self.signatory else None
        told = self.model_dump(exclude={"signatory"})
        return Paper(
            **told, signatory=hmac.digest(derive_key(secret, "person"), named, "sha256").hex() if named else None
        )


class ConsentRequest(BaseModel):
    """登记一份企业授权。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enterprise: EnterpriseNamed = Field(description="哪一家企业授权")
    grantee: CleanText | None = Field(
        default=None, description="授权给哪家机构；银行、担保机构缺省为自己", examples=["bank-a"]
    )
    purposes: list[PurposeName] = Field(min_length=1, max_length=5, description="用途", examples=[["pre_loan"]])
    permissions: list[PermissionName] = Field(
        min_length=1, max_length=5, description="可做的事", examples=[["score:read", "explanation:read"]]
    )
    categories: list[CleanText] = Field(
        min_length=1, max_length=30, description="数据类别，见 /v1/catalogue 的 groups", examples=[["rnd", "patents"]]
    )
    valid_from: AwareDatetime | None = Field(
        default=None, description="起；缺省为此刻", examples=["2026-01-01T00:00:00+08:00"]
    )
    valid_to: AwareDatetime = Field(description="止（不含），至多十二个月", examples=["2026-12-31T00:00:00+08:00"])
    history_from: Day | None = Field(
        default=None, description="可问及的最早评估日（YYYY-MM-DD）；不填则不限", examples=["2024-01-01"]
    )
    daily_limit: int | None = Field(
        default=None, strict=True, ge=1, le=1000, description="每天至多申请几次评估；不填则不限", examples=[10]
    )
    paper: PaperTold = Field(default=PaperTold(), description="所签署的授权书")


class RenewalRequest(BaseModel):
    """续签：新的一份授权，条款不变，止期更晚；确认后旧的一份即被取代。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    valid_to: AwareDatetime = Field(description="新的止期（不含）", examples=["2027-06-30T00:00:00+08:00"])
    paper: PaperTold = Field(default=PaperTold(), description="所签署的授权书")


REGISTERING = (*CREATING, NotYourConsent, ConsentTermsUnsound, PaperIncomplete)
LEADS_TO = leads_to(201, "read_consent", "read_consent_history", "authorise_consent", "revoke_consent")


@router.post(
    "/consents",
    operation_id="register_consent",
    status_code=201,
    summary="登记授权",
    response_model=ConsentReport,
    responses=LEADS_TO | refusals(*REGISTERING, EnterpriseUnknown, body=True),
)
def register_consent(  # What FastAPI hands an endpoint.
    wanted: ConsentRequest,
    bank: Caller,
    by: AskingHere,
    desks: DesksHere,
    now: Now,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
) -> Response:
    """登记企业授权：附有已签署的授权书或由企业自己登记的即有效，否则等待企业确认。

    (Register a consent; it awaits the enterprise unless it is signed.)
    """
    asked = WantedConsent(
        identifier=wanted.enterprise.identifier(),
        grantee=wanted.grantee or bank.code,
        purposes=frozenset(Purpose(one) for one in wanted.purposes),
        permissions=frozenset(Permission(one) for one in wanted.permissions),
        categories=frozenset(wanted.categories),
        valid_from=_instant(wanted.valid_from, now),
        valid_to=wanted.valid_to,
        paper=wanted.paper.paper(desks.secret),
        history_from=wanted.history_from,
        daily_limit=wanted.daily_limit,
    )
    sending = Sending(tenant=bank.code, route="POST /v1/consents", key=key, fingerprint=fingerprint)
    with desks.consents.visit(at=now) as visit:
        return answer_once(
            visit,
            sending,
            lambda: (201, consent_report(visit.register(asked, id=new_id(now), by=by)).model_dump_json()),
            headers=_place,
        )


@router.post(
    "/consents/{id}/renewals",
    operation_id="renew_consent",
    status_code=201,
    summary="续签授权",
    response_model=ConsentReport,
    responses=refusals(*REGISTERING, ConsentUnknown, ConsentEnded, body=True),
)
def renew_consent(  # noqa: PLR0913 # What FastAPI hands an endpoint.
    wanted: RenewalRequest,
    id: ConsentId,
    bank: Caller,
    by: AskingHere,
    desks: DesksHere,
    now: Now,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
) -> Response:
    """续签是新的一份授权，记下所续的一份；新的一份生效时旧的一份即被取代。

    (A renewal is a new consent that supersedes the old one once it holds.)
    """
    paper = wanted.paper.paper(desks.secret)
    sending = Sending(tenant=bank.code, route="POST /v1/consents/renewals", key=key, fingerprint=fingerprint)
    with desks.consents.visit(at=now) as visit:
        return answer_once(
            visit,
            sending,
            lambda: (
                201,
                consent_report(
                    visit.renew(id, new_id=new_id(now), valid_to=wanted.valid_to, paper=paper, by=by)
                ).model_dump_json(),
            ),
            headers=_place,
        )


def _place(body: str) -> dict[str, str]:
    made = ConsentReport.model_validate_json(body)
    return {"Location": f"/v1/consents/{made.id}", "ETag": f'"{made.version}"'}


def _instant(told: datetime | None, now: datetime) -> datetime:
    return told or now
