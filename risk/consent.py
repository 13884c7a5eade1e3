"""May this institution ask about this enterprise now? The one gate that every door goes through."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from data.spec.access import BUREAU, Access, ConsentBasis, Purpose, bureau_access
from data.spec.consent import Consent, ConsentStatus, Permission
from data.spec.errors import Refusal
from data.spec.identifiers import Identifier
from data.store.assessments import count_made
from data.store.consents import list_consents, list_revoked
from data.store.reads import Enterprise, find_enterprise
from data.store.work import Work
from risk.consent_life import terms
from risk.lineage import PermissionRequired


class ConsentRequired(Refusal):
    """The enterprise has not consented to this institution for this purpose."""

    code = "consent-required"
    status = 403


class ConsentHistory(Refusal):
    """The enterprise's consent does not reach back to the day asked about."""

    code = "consent-history"
    status = 403


class ConsentUsedUp(Refusal):
    """As many assessments as the consent allows in a day were asked for today."""

    code = "consent-used-up"
    status = 429


class ConsentExpired(Refusal):
    """The enterprise's consent has ended."""

    code = "consent-expired"
    status = 403


class ConsentRevoked(Refusal):
    """The enterprise has taken its consent back."""

    code = "consent-revoked"
    status = 403


def authorise(  # noqa: PLR0913 # One gate asks everything that a consent may be about.
    work: Work,
    identifier: Identifier,
    *,
    tenant: str,
    actor: str,
    purpose: Purpose,
    at: datetime,
    permission: Permission = Permission.SCORE_READ,
    as_of: date | None = None,
) -> tuple[Enterprise, Access]:
    """Return the enterprise and the access with which its evidence may be read.

    The bureau reads under its duty; everybody else needs a consent in force at `at` that names the purpose and the
    permission and reaches back to `as_of`, the day asked about. Raises EnterpriseUnknown, ConsentRequired,
    ConsentExpired, ConsentRevoked, PermissionRequired, ConsentHistory.
    """
    enterprise = find_enterprise(work, identifier, access=bureau_access(actor, at=at, purpose=purpose))
    if tenant == BUREAU:
        return enterprise, bureau_access(actor, at=at, purpose=purpose)
    given = list_consents(work, grantee=tenant, enterprise_id=enterprise.id)
    holding = check_consent(given, purpose=purpose, at=at, permission=permission, as_of=as_of)
    return enterprise, holding.access(actor, purpose=purpose, at=at)


def authorise_indicators(
    work: Work,
    identifier: Identifier,
    *,
    tenant: str,
    actor: str,
    purpose: Purpose,
    at: datetime,
    as_of: date | None = None,
) -> tuple[Enterprise, Access]:
    """Return what `authorise` does where rows may be shown as well: the consent must name the indicators.

    Raises what `authorise` does.
    """
    return authorise(
        work,
        identifier,
        tenant=tenant,
        actor=actor,
        purpose=purpose,
        at=at,
        permission=Permission.INDICATORS_READ,
        as_of=as_of,
    )


def check_use(work: Work, enterprise: Enterprise, access: Access) -> None:
    """Raise ConsentUsedUp where the consent behind an access allows no further assessment today."""
    if not isinstance(access.basis, ConsentBasis):
        return
    held = {one.id: one for one in list_consents(work, grantee=access.tenant, enterprise_id=enterprise.id)}
    limit = held[access.basis.consent_id].daily_limit
    if limit is None:
        return
    since = work.at.replace(hour=0, minute=0, second=0, microsecond=0)
    if count_made(work, tenant=access.tenant, consent_id=access.basis.consent_id, since=since) >= limit:
        raise ConsentUsedUp(f"按企业的授权，每天至多申请{limit}次评估。", help="请明天再试，或读取今天已有的评估。")


def check_consent(
    given: tuple[Consent, ...],
    *,
    purpose: Purpose,
    at: datetime,
    permission: Permission = Permission.SCORE_READ,
    as_of: date | None = None,
) -> Consent:
    """Return the consent in force for purpose, permission and day that holds longest; raise with the nearest reason."""
    named = [consent for consent in given if purpose in consent.purposes]
    holding = [consent for consent in named if consent.is_in_force(at)]
    allowing = [consent for consent in holding if permission in consent.permissions]
    reaching = [consent for consent in allowing if consent.reaches(as_of)]
    if reaching:
        return max(reaching, key=lambda consent: (consent.valid_to, consent.id))
    if allowing:
        first = min(consent.history_from for consent in allowing if consent.history_from is not None)
        raise ConsentHistory(f"企业的授权只及{first}以后的日子。", help="请改问其后的评估日，或请企业另行授权。")
    if holding:
        raise PermissionRequired(
            f"企业的授权不含{PERMISSION_LABELS[permission]}。",
            help=f"如有需要，请企业在授权书中加上该项（{permission}）。",
        )
    if any(consent.status is ConsentStatus.REVOKED for consent in named):
        raise ConsentRevoked("企业已撤回对贵机构的授权。", help="如需继续，请企业重新签署授权书。")
    if any(consent.status is ConsentStatus.AUTHORISED and consent.valid_to <= at for consent in named):
        raise ConsentExpired("企业对贵机构的授权已到期。", help="请企业签署新的授权书后再试。")
    raise ConsentRequired("企业尚未就该用途授权贵机构查询。", help="请企业签署授权书，写明用途、范围和期限。")


def training_access(work: Work, *, actor: str) -> Access:
    """Return the access with which models are trained: under the bureau's duty, less what consents took back.

    Of a firm that revoked its consent to a bank, what the bank had reported is kept; whether it is learned from is a
    dated term (risk/consent_terms.yaml).
    """
    access = bureau_access(actor, at=work.at, purpose=Purpose.TRAINING)
    if terms(work.at)["labels_after_revocation"]:
        return access
    revoked = [(bank, firm) for bank, firm in list_revoked(work) if not _may_report(work, bank, firm)]
    return replace(access, withheld=frozenset(revoked))


def _may_report(work: Work, bank: str, firm: int) -> bool:
    """Tell whether the bank may report on the firm for any purpose: what it reports is learned from whatever it is."""
    given = list_consents(work, grantee=bank, enterprise_id=firm)
    return any(can_ask(given, purpose=one, at=work.at, permission=Permission.OUTCOME_WRITE) for one in Purpose)


REFUSALS = (ConsentRequired, ConsentExpired, ConsentRevoked, ConsentHistory, ConsentUsedUp, PermissionRequired)
"""Everything that the gate may answer instead of an access."""

PERMISSION_LABELS = {
    Permission.SCORE_READ: "读取评分",
    Permission.EXPLANATION_READ: "读取解释",
    Permission.INDICATORS_READ: "查看指标明细",
    Permission.OUTCOME_WRITE: "报送结果",
    Permission.MONITORING: "贷后监测",
}


def find_holding(
    given: tuple[Consent, ...],
    *,
    purpose: Purpose,
    at: datetime,
    permission: Permission = Permission.SCORE_READ,
    as_of: date | None = None,
) -> Consent | None:
    """Return the consent that `check_consent` returns; None where it refuses."""
    try:
        return check_consent(given, purpose=purpose, at=at, permission=permission, as_of=as_of)
    except Refusal:
        return None


def can_ask(
    given: tuple[Consent, ...],
    *,
    purpose: Purpose,
    at: datetime,
    permission: Permission = Permission.SCORE_READ,
    as_of: date | None = None,
) -> bool:
    """Tell whether a consent in force covers purpose, permission and day."""
    return find_holding(given, purpose=purpose, at=at, permission=permission, as_of=as_of) is not None


def consents_by_firm(work: Work, *, grantee: str) -> Mapping[int, tuple[Consent, ...]]:
    """Return what each enterprise has given a grantee, whatever its state; the gate is asked of each firm's alone."""
    given: dict[int, tuple[Consent, ...]] = {}
    for one in list_consents(work, grantee=grantee):
        given[one.enterprise_id] = (*given.get(one.enterprise_id, ()), one)
    return given
