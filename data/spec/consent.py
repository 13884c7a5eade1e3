"""What has an enterprise allowed whom to do with its data, for what purpose and until when?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from data.spec.access import Access, ConsentBasis, Purpose
from data.spec.table import Group


class ConsentStatus(StrEnum):
    """Name where a consent is in its life; expiry is a comparison at read time, never a stored state alone."""

    AWAITING = "awaiting_authorisation"
    AUTHORISED = "authorised"
    REJECTED = "rejected"
    REVOKED = "revoked"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class Permission(StrEnum):
    """Name one thing a grantee may do."""

    SCORE_READ = "score:read"
    EXPLANATION_READ = "explanation:read"
    INDICATORS_READ = "indicators:read"
    OUTCOME_WRITE = "outcome:write"
    MONITORING = "monitoring"


ALL_CATEGORIES: frozenset[str] = frozenset(Group)
"""Every data category, for a consent that opens all."""


class Party(StrEnum):
    """Name who changed a consent's state."""

    ENTERPRISE = "enterprise"
    GRANTEE = "grantee"
    PLATFORM = "platform"
    REGULATOR = "regulator"


@dataclass(frozen=True, kw_only=True)
class Paper:
    """Say what was signed, by whom: hashes alone, so that no person's name or number is kept.

    `document_sha256` is of the signed letter of authorisation, `signatory` a keyed hash of the person's name,
    `signing_ref` what a platform of electronic signatures files it under.
    """

    document_sha256: str | None = None
    text_version: str | None = None
    text_sha256: str | None = None
    signatory: str | None = None
    signatory_role: str | None = None
    signing_ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class Consent:
    """State one version of one consent; a change is a new version, never an edit.

    It holds in [valid_from, valid_to); both are instants with a time zone. `history_from` is the earliest day that may
    be asked about, None for any; `daily_limit` how many assessments may be asked for in a day, None for any number.
    """

    id: str
    version: int
    enterprise_id: int
    grantee: str
    purposes: frozenset[Purpose]
    categories: frozenset[str]
    permissions: frozenset[Permission]
    valid_from: datetime
    valid_to: datetime
    status: ConsentStatus = ConsentStatus.AUTHORISED
    paper: Paper = Paper()
    asked_at: datetime | None = None
    changed_at: datetime | None = None
    changed_by: Party | None = None
    reason: str = ""
    supersedes: str | None = None
    history_from: date | None = None
    daily_limit: int | None = None

    def __post_init__(self) -> None:
        if self.valid_from.tzinfo is None or self.valid_to.tzinfo is None:
            raise ValueError("a consent's days are instants with a time zone")
        if self.valid_to <= self.valid_from:
            raise ValueError("a consent ends after it begins")

    def is_in_force(self, at: datetime) -> bool:
        """Tell whether the consent is authorised and holds at the instant."""
        return self.status is ConsentStatus.AUTHORISED and self.valid_from <= at < self.valid_to

    def reaches(self, day: date | None) -> bool:
        """Tell whether a day may be asked about; None is no day in particular."""
        return day is None or self.history_from is None or day >= self.history_from

    def access(self, actor: str, *, purpose: Purpose, at: datetime) -> Access:
        """Read as the grantee on the strength of this consent."""
        return Access(
            tenant=self.grantee,
            actor=actor,
            purpose=purpose,
            basis=ConsentBasis(self.id, self.version),
            at=at,
            categories=self.categories,
        )


def latest_versions(consents: Iterable[Consent]) -> tuple[Consent, ...]:
    """Keep the last version of each consent, in the order of their ids."""
    latest: dict[str, Consent] = {}
    for consent in sorted(consents, key=lambda consent: (consent.id, consent.version)):
        latest[consent.id] = consent
    return tuple(latest.values())
