"""Which enterprises that an institution may ask about bear such an identifier or name?"""

from collections.abc import Iterable, Mapping

from data.intake.name_words import normalise_name
from data.spec.access import BUREAU, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.consent import Consent
from data.spec.errors import EnterpriseUnknown
from data.spec.identifiers import Identifier
from data.spec.pinyin import has_initials
from data.store.consents import list_consents
from data.store.reads import find_enterprise, name_enterprises, read_names
from data.store.work import Work
from risk.found import ConsentHeld, FoundEnterprise

MOST_FOUND = 20
ASKABLE = (Purpose.PRE_LOAN, Purpose.MONITORING, Purpose.GUARANTEE, Purpose.JOINT_EVALUATION)


def search_by_identifier(work: Work, identifier: Identifier, *, tenant: str) -> tuple[FoundEnterprise, ...]:
    """Return the enterprise of this identifier where the tenant may ask about it, else nothing; never commits.

    Whether there is none or it has not consented is not said.
    """
    access = bureau_access(tenant, at=work.at)
    held = _held(work, tenant)
    try:
        found: dict[int, str | None] = {find_enterprise(work, identifier, access=access).id: None}
    except EnterpriseUnknown:
        found = {}
    return _told(work, {number: name for number, name in found.items() if _may(held, number)}, held, tenant)


def search_by_name(work: Work, fragment: str, *, tenant: str) -> tuple[FoundEnterprise, ...]:
    """Return enterprises with the fragment in a present or former name, or with its letters as initials; never commits.

    At most MOST_FOUND, the shortest names first: they are the nearest to what was written.
    """
    held = _held(work, tenant)
    names = read_names(work, access=bureau_access(tenant, at=work.at))
    wanted, letters = normalise_name(fragment), "".join(filter(str.isalnum, fragment))
    if not wanted:
        return _told(work, {}, held, tenant)
    rows = zip(names["enterprise_id"].tolist(), names["name"], names["normalised"], strict=True)
    matching = [
        (number, name)
        for number, name, normalised in rows
        if _may(held, number) and (wanted in normalised or (letters.isascii() and has_initials(name, letters)))
    ]
    nearest: dict[int, str | None] = {}
    for number, name in sorted(matching, key=lambda pair: (len(pair[1]), pair[1], pair[0])):
        nearest.setdefault(number, name)
    return _told(work, dict(list(nearest.items())[:MOST_FOUND]), held, tenant)


Held = Mapping[int, tuple[Consent, ...]]


def _held(work: Work, tenant: str) -> Held | None:
    """Return the consents in force by enterprise; None for the bureau, which needs none.

    The gate is not asked: a name is found for any purpose and permission, and nothing but the name is told.
    """
    if tenant == BUREAU:
        return None
    held: dict[int, tuple[Consent, ...]] = {}
    for consent in list_consents(work, grantee=tenant):
        if consent.is_in_force(work.at):
            held[consent.enterprise_id] = (*held.get(consent.enterprise_id, ()), consent)
    return held


def _may(held: Held | None, number: int) -> bool:
    return held is None or number in held


def _told(work: Work, matched: Mapping[int, str | None], held: Held | None, tenant: str) -> tuple[FoundEnterprise, ...]:
    access = bureau_access(tenant, at=work.at)
    named = name_enterprises(work, matched, access=access) if matched else {}
    _record(work, tenant, found=len(named))
    return tuple(
        FoundEnterprise(
            name=named[number].name,
            scheme=str(named[number].identifier.scheme),
            value=named[number].identifier.value,
            matched=name,
            consents=_consents((held or {}).get(number, ())),
        )
        for number, name in matched.items()
        if number in named
    )


def _consents(given: Iterable[Consent]) -> tuple[ConsentHeld, ...]:
    return tuple(
        ConsentHeld(
            id=consent.id,
            version=consent.version,
            purposes=tuple(sorted(str(purpose) for purpose in consent.purposes if purpose in ASKABLE)),
            valid_to=consent.valid_to.date(),
        )
        for consent in given
    )


def _record(work: Work, tenant: str, *, found: int) -> None:
    work.record(
        AuditEvent(
            tenant=tenant,
            actor=tenant,
            action=Action.ENTERPRISES_SEARCHED,
            object_id="enterprises",
            at=work.at,
            details={"found": found},
        )
    )
