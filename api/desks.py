"""What may the doors ask for, and in which words?

Command line and HTTP see these Protocols and plain values alone; `api.wiring` puts the rooms behind them.
So a door never imports a database, a frame or a model, and a test hands it a desk made of dictionaries.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from api.catalogue_desk import CatalogueDesk
from api.clock import now
from api.list_desks import IntakeWishes
from api.remembering import RememberedAnswer as RememberedAnswer
from api.remembering import Remembering as Remembering
from api.scoring_desk import ScoringDesks
from data.spec.access import Purpose
from data.spec.identifiers import Identifier
from data.spec.progress import Progress
from risk.assessment import Assessment, Explanation, RelativeTo
from risk.lineage import Evidence
from risk.permissions import Role, Scope
from risk.readers import Audience, Language
from risk.source_report import SourcesReport

if TYPE_CHECKING:
    from api.audit_desk import AuditDesk
    from api.back_test_desk import BackTestDesk
    from api.client_desk import ClientDesk
    from api.consent_desk import ConsentDesk
    from api.evaluation_desk import EvaluationDesk
    from api.event_desk import EventDesk
    from api.joint_desk import JointDesk
    from api.lending_desk import LendingDesk
    from api.looking_back_desk import LookingBackDesk
    from api.name_desk import NameDesk
    from api.oauth.keys import SigningKeys
    from api.objection_desk import ObjectionDesk
    from api.policy_desk import PolicyDesk
    from api.review_desk import ReviewDesk
    from api.warning_desk import WarningDesk
    from api.webhook_desk import WebhookDesk


@dataclass(frozen=True, kw_only=True)
class Institution:
    """Name one institution that may ask, its kind (`risk.permissions.Role`), and what its token was granted.

    `subject` is the enterprise's internal id where an enterprise asks about itself; `client` the machine that asks,
    None for a demonstration's token.
    """

    code: str
    name: str
    kind: str
    granted: frozenset[Scope] = frozenset(Scope)
    subject: int | None = None
    client: str | None = None

    @property
    def role(self) -> Role:
        """Return the kind as a role of the table of permissions."""
        return Role(self.kind)


@dataclass(frozen=True, kw_only=True)
class IssuedToken:
    """Carry a bearer token in clear, once: only its hash is kept."""

    institution: Institution
    token: str


@dataclass(frozen=True, kw_only=True)
class RowsSetAside:
    """Say why rows of a file went to the quarantine, or want a look, and which (1 = the file's first row)."""

    code: str
    message: str
    rows: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class LoadedBatch:
    """Account for every row of one file: read = kept + already_known + repeated + skipped + quarantined.

    batch_id is None where nothing was written; seen_before says that the very same file was loaded; derived that
    the rows stand in no file, but follow from rows that are stored.
    """

    batch_id: str | None
    list_name: str
    list_label: str
    file: str
    read: int
    kept: int
    already_known: int
    repeated: int
    skipped: int
    refused: int
    quarantined: tuple[RowsSetAside, ...] = ()
    seen_before: bool = False
    doubtful: tuple[RowsSetAside, ...] = ()
    """Rows that were kept and ought to be looked at."""
    derived: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TrainingSummary:
    """Say what a training came to."""

    model_id: str
    card: str
    label: str
    rows: int
    defaults: int
    demonstration: bool
    metrics: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Tell one measured figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Tell how one way of scoring did: figures by name; `behind` is its distance in AUC from the boosted model."""

    name: str
    label: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True, kw_only=True)
class CandidateTable:
    """Compare ways of scoring on the same held-out rows, and recommend one."""

    card: str
    label: str
    validation: str
    rows: int
    defaults: int
    features: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    recommended: str
    reason: str
    demonstration: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Check:
    """Tell one finding of the doctor: what was looked at, whether it is well, what was seen, what helps."""

    name: str
    well: bool
    seen: str
    help: str = ""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Say what a new store came to; the tokens are in clear here and nowhere else."""

    demonstration: bool
    tokens: tuple[IssuedToken, ...]
    sandbox: bool = False
    batches: tuple[LoadedBatch, ...] = ()
    model: TrainingSummary | None = None


@dataclass(frozen=True, kw_only=True)
class Upgraded:
    """Say from which version a store was brought to which, and where the copy of before lies, if one was made."""

    before: str
    after: str
    kept: Path | None


class Chapters(Progress, Protocol):
    """Hear of chapters beside stages: a command's own headings over what the rooms report."""

    def chapter(self, title: str) -> None:
        """Begin a chapter with a heading of its own."""


class Visit(Remembering, Protocol):
    """Assess, read and explain in one transaction."""

    def assess(
        self,
        identifier: Identifier,
        *,
        institution: Institution,
        purpose: Purpose,
        as_of: date,
        id: str,
        relative_to: RelativeTo = RelativeTo.POPULATION,
        product: str | None = None,
    ) -> Assessment:
        """Assess one enterprise for the institution, its points measured against a reference; raise a Refusal.

        `product` names the loan in question as the ledger does; its intercept is then a line of the points.
        """

    def read_assessment(self, id: str, *, institution: Institution) -> Assessment | None:
        """Read an assessment of this institution's own; None where it has none by this id."""

    def explain_assessment(self, id: str, *, institution: Institution, language: Language) -> Explanation | None:
        """Read an assessment as `read_assessment` does and tell it in the institution's words."""


class InstitutionDesk(Protocol):
    """Know institutions by their tokens, and issue them."""

    def find_by_token(self, token_hash: str) -> Institution | None:
        """Find the institution whose token has this sha256."""


class AssessmentDesk(Protocol):
    """Assess enterprises, one or all."""

    def visit(self, *, at: datetime) -> AbstractContextManager[Visit]:
        """Open the unit of work of one request."""

    def assess_for_bureau(
        self,
        identifier: Identifier,
        *,
        purpose: Purpose,
        as_of: date,
        at: datetime,
        relative_to: RelativeTo = RelativeTo.POPULATION,
        product: str | None = None,
    ) -> Assessment:
        """Assess one enterprise as the bureau under its duty, and keep the answer."""

    def explain(self, answer: Assessment, *, audience: Audience, language: Language) -> Explanation:
        """Tell an answer to one reader; nothing is worked out again."""

    def assess_all(self, *, as_of: date, at: datetime, progress: Progress) -> Sequence[Assessment]:
        """Assess every enterprise known, in the order of their codes; no answer is kept, that they were given is."""

    def assess_example(self, *, at: datetime, progress: Progress) -> Assessment:
        """Assess a borrower of the demonstration city today, one with something to say, and keep the answer."""


class EvidenceDesk(Protocol):
    """Trace values to the rows behind them; every reading is recorded."""

    def of_value(
        self,
        identifier: Identifier,
        feature: str,
        *,
        purpose: Purpose,
        as_of: date,
        recorded_before: datetime | None,
        at: datetime,
    ) -> Evidence:
        """Trace a value as the bureau under its duty; `recorded_before` asks for the answer of an earlier instant."""

    def of_assessment(self, id: str, feature: str, *, institution: Institution, at: datetime) -> Evidence | None:
        """Trace a value of an assessment of the institution's own; None where it has none by this id."""


class SourceWatchDesk(Protocol):
    """Tell how good and how fresh the lists are."""

    def report(self, *, as_of: date, list_name: str | None, at: datetime, progress: Progress) -> SourcesReport:
        """Report on every list, or on one by its name or label; raise a Refusal where none bears the name."""


class OpeningDesk(Protocol):
    """Make a store: all of it, or nothing."""

    def exists(self) -> bool:
        """Tell whether a store stands here."""

    def create(self, *, demonstration: bool, enterprises: int, progress: Chapters, anew: bool = False) -> Opened:
        """Make the store with its institutions, and for a demonstration with city, consents and a model.

        `anew` replaces a store that stands here. Raises a Refusal where one stands already.
        """

    def upgrade(self) -> Upgraded:
        """Bring the store to this version after copying it; raise a Refusal where none stands or a later one does."""

    def create_sandbox(self, *, progress: Chapters) -> Opened:
        """Make a sandbox, of fixed enterprises and a fixed model; raise a Refusal where a store stands already."""


class HealthDesk(Protocol):
    """Tell whether the service can answer."""

    def check_ready(self) -> Sequence[Check]:
        """Look at the store and the model, quickly."""

    def diagnose(self) -> Sequence[Check]:
        """Look at everything the service rests on."""


class IntakeDesk(Protocol):
    """Load official lists and real sources into the store."""

    def load_file(
        self,
        path: Path,
        *,
        list_name: str | None,
        known_on: date | None,
        strict: bool,
        wishes: IntakeWishes,
        at: datetime,
        progress: Progress,
    ) -> Sequence[LoadedBatch]:
        """Load one file, then what follows from it; raise a Refusal where nothing was changed."""

    def load_folder(
        self, folder: Path, *, wishes: IntakeWishes, at: datetime, progress: Progress
    ) -> Sequence[LoadedBatch]:
        """Load a folder of lists, each file its own batch, then what follows from them."""

    def list_names(self) -> Mapping[str, str]:
        """Return the lists' command names and labels."""


class SourceDesk(Protocol):
    """Load real sources, each into a store of its own beside the city's (decision 13)."""

    def load(self, source: str, folder: Path, *, at: datetime, progress: Progress) -> Sequence[LoadedBatch]:
        """Load a source's folder; its store is made where it is missing."""


class TrainingDesk(Protocol):
    """Train models."""

    def train(self, *, card: str, as_of: date, at: datetime, progress: Progress, tune: bool = False) -> TrainingSummary:
        """Train a card's model on what was known before as_of and shelve it; raise a Refusal."""

    def compare(
        self, *, card: str, as_of: date, at: datetime, progress: Progress, tune: bool = False
    ) -> CandidateTable:
        """Compare a card's model with simpler scores on what was known before as_of; nothing is kept."""

    def keep_baseline(self, *, card: str, as_of: date, at: datetime, progress: Progress) -> str:
        """Stand a simpler scorecard beside the model that answers for a card; return its name; raise a Refusal."""

    def promote(self, *, card: str, model: str | None, reason: str, at: datetime) -> str:
        """Make a shelved model answer for a card, or with None the one before; return its name; raise a Refusal."""


@dataclass(frozen=True, kw_only=True)
class Desks:
    """Hand a door everything it may ask for; today is the store's own, where it has one, secret the installation's."""

    today: date | None
    secret: bytes = field(repr=False)
    signing: "SigningKeys"
    clients: "ClientDesk"
    institutions: InstitutionDesk
    assessments: AssessmentDesk
    evidence: EvidenceDesk
    looking_back: "LookingBackDesk"
    sources: SourceWatchDesk
    catalogue: CatalogueDesk
    health: HealthDesk
    intake: IntakeDesk
    names: "NameDesk"
    training: TrainingDesk
    evaluation: "EvaluationDesk"
    policies: "PolicyDesk"
    lending: "LendingDesk"
    joint: "JointDesk"
    warnings: "WarningDesk"
    consents: "ConsentDesk"
    events: "EventDesk"
    objections: "ObjectionDesk"
    reviews: "ReviewDesk"
    back_tests: "BackTestDesk"
    webhooks: "WebhookDesk"
    scoring: ScoringDesks
    audit: "AuditDesk"
    sandbox: bool = False

    def now(self) -> datetime:
        """Return the instant by the store's clock."""
        return now(self.today)
