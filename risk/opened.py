"""How much of an answer does the consent in force now open: the score alone, its reasons, the values behind them?"""

from dataclasses import replace

from data.spec.access import BUREAU, Purpose, bureau_access
from data.spec.consent import Consent, Permission
from data.spec.identifiers import parse_identifier
from data.store.consents import list_consents
from data.store.reads import find_enterprise
from data.store.work import Work
from risk.assessment import Assessment, Reason
from risk.consent import can_ask

SCORE_ONLY = "企业的授权不含理由，本答复只给分数。"
NO_VALUES = "企业的授权不含指标明细，理由不列指标值与来源行。"


def as_opened(work: Work, answer: Assessment, *, tenant: str) -> Assessment:
    """Return an answer as the institution may see it at the work's instant; what is kept of it stays whole.

    Without explanation:read it has no reasons, groups or lines; without indicators:read its reasons have no values and
    no rows. The bureau sees all under its duty. Raises EnterpriseUnknown.
    """
    if tenant == BUREAU or not _explains(answer):
        return answer
    looking = bureau_access(tenant, at=work.at)
    enterprise = find_enterprise(work, parse_identifier(answer.identifier), access=looking)
    given = list_consents(work, grantee=tenant, enterprise_id=enterprise.id)
    if not _opens(work, given, answer, Permission.EXPLANATION_READ):
        return _score_alone(answer)
    return answer if _opens(work, given, answer, Permission.INDICATORS_READ) else _without_values(answer)


def _explains(answer: Assessment) -> bool:
    return bool(answer.groups or answer.lines or answer.reasons_for or answer.reasons_against)


def _opens(work: Work, given: tuple[Consent, ...], answer: Assessment, permission: Permission) -> bool:
    return can_ask(given, purpose=Purpose(answer.purpose), at=work.at, permission=permission, as_of=answer.as_of)


def _score_alone(answer: Assessment) -> Assessment:
    return replace(
        answer,
        reasons_for=(),
        reasons_against=(),
        groups=(),
        lines=(),
        contributions={},
        values={},
        missing={},
        notes=(*answer.notes, SCORE_ONLY),
    )


def _without_values(answer: Assessment) -> Assessment:
    return replace(
        answer,
        reasons_for=tuple(map(_blank, answer.reasons_for)),
        reasons_against=tuple(map(_blank, answer.reasons_against)),
        values={},
        notes=(*answer.notes, NO_VALUES),
    )


def _blank(reason: Reason) -> Reason:
    """Return a reason without the firm's values and rows; its sentence is the explanation and stays."""
    parts = tuple(replace(part, value=None) for part in reason.parts)
    return replace(reason, value=None, sources=(), parts=parts)
