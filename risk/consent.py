"""May this institution ask about this enterprise now? The one gate that every door goes through."""

from dataclasses import replace
from datetime import datetime

from data.spec.access import BUREAU, Access, ConsentBasis, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.consent import Consent, ConsentStatus, Permission
from data.spec.errors import Refusal
from data.spec.identifiers import Identifier
from data.store.consents import list_consents, write_consent
from data.store.reads import Enterprise, find_enterprise
from data.store.work import Work
from risk.lineage import PermissionRequired


class ConsentRequired(Refusal):
    """The enterprise has not consented to this institution for this purpose."""

    code = "consent-required"
    status = 403


class ConsentExpired(Refusal):
    """The enterprise's consent has ended."""

    code = "consent-expired"
    status = 403


class ConsentRevoked(Refusal):
    """The enterprise has taken its consent back."""

    code = "consent-revoked"
    status = 403


def authorise(
    work: Work, identifier: Identifier, *, tenant: str, actor: str, purpose: Purpose, at: datetime
) -> tuple[Enterprise, Access]:
    """Return the enterprise and the access with which its evidence may be read.

    The bureau reads under its duty; everybody else needs a consent in force at `at` that names the purpose.
    Raises EnterpriseUnknown, ConsentRequired, ConsentExpired, ConsentRevoked.
    """
    enterprise = find_enterprise(work, identifier, access=bureau_access(actor, at=at, purpose=purpose))
    if tenant == BUREAU:
        return enterprise, bureau_access(actor, at=at, purpose=purpose)
    given = list_consents(work, grantee=tenant, enterprise_id=enterprise.id)
    return enterprise, check_consent(given, purpose=purpose, at=at).access(actor, purpose=purpose, at=at)


def authorise_indicators(
    work: Work, identifier: Identifier, *, tenant: str, actor: str, purpose: Purpose, at: datetime
) -> tuple[Enterprise, Access]:
    """Return what `authorise` does where rows may be shown as well: a consent must name the indicators.

    Raises what `authorise` does, and PermissionRequired.
    """
    enterprise, access = authorise(work, identifier, tenant=tenant, actor=actor, purpose=purpose, at=at)
    if isinstance(access.basis, ConsentBasis):
        given = list_consents(work, grantee=access.tenant, enterprise_id=enterprise.id)
        named = next(one for one in given if one.id == access.basis.consent_id)
        if Permission.INDICATORS_READ not in named.permissions:
            raise PermissionRequired(
                "企业的授权不含查看指标明细。", help="如需查看来源行，请企业在授权书中加上指标明细（indicators:read）。"
            )
    return enterprise, access


def check_permission(work: Work, enterprise_id: int, access: Access, permission: Permission) -> None:
    """Raise PermissionRequired unless the consent behind an access names the permission; a duty needs none."""
    if not isinstance(access.basis, ConsentBasis):
        return
    given = list_consents(work, grantee=access.tenant, enterprise_id=enterprise_id)
    named = next(one for one in given if one.id == access.basis.consent_id)
    if permission not in named.permissions:
        raise PermissionRequired(f"企业的授权不含此项（{permission}）。", help="请企业在授权书中加上该项，或重新签署。")


def check_consent(given: tuple[Consent, ...], *, purpose: Purpose, at: datetime) -> Consent:
    """Return the consent in force for the purpose that holds longest; raise with the nearest reason."""
    named = [consent for consent in given if purpose in consent.purposes]
    holding = [consent for consent in named if consent.is_in_force(at)]
    if holding:
        return max(holding, key=lambda consent: (consent.valid_to, consent.id))
    if any(consent.status is ConsentStatus.REVOKED for consent in named):
        raise ConsentRevoked("企业已撤回对贵机构的授权。", help="如需继续，请企业重新签署授权书。")
    if any(consent.status is ConsentStatus.AUTHORISED and consent.valid_to <= at for consent in named):
        raise ConsentExpired("企业对贵机构的授权已到期。", help="请企业签署新的授权书后再试。")
    raise ConsentRequired("企业尚未就该用途授权贵机构查询。", help="请企业签署授权书，写明用途、范围和期限。")


def revoke(work: Work, consent: Consent, *, actor: str, at: datetime) -> Consent:
    """Take a consent back: a new version that holds nothing from the next reading on; never commits."""
    ended = replace(consent, version=consent.version + 1, status=ConsentStatus.REVOKED)
    told = AuditEvent(tenant=consent.grantee, actor=actor, action=Action.CONSENT_REVOKED, object_id=consent.id, at=at)
    write_consent(work, ended, told)
    return ended


def can_ask(given: tuple[Consent, ...], *, purpose: Purpose, at: datetime) -> bool:
    """Tell whether a consent in force covers the purpose."""
    try:
        check_consent(given, purpose=purpose, at=at)
    except Refusal:
        return False
    return True
