"""How is a store made, all of it or nothing?

Everything is built in a folder of its own and moved into place at the end, the database last: where it
stands, the rest stands too. A run that was interrupted leaves a folder that the next run throws away.
"""

import fcntl
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from api.clock import SHANGHAI, now
from api.desks import Chapters, Institution, IssuedToken, LoadedBatch, Opened, TrainingSummary, Upgraded
from api.identity import new_token, token_hash
from api.list_desks import IntakeWishes
from api.wiring.stores import create_store, open_store
from data.spec.access import BUREAU, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.consent import ALL_CATEGORIES, Consent, Permission
from data.spec.errors import Refusal
from data.store import Store
from data.store.consents import write_consents
from data.store.institutions import write_institution
from data.store.reads import read_enterprises
from data.store.store import StoreExists, StoreMissing
from models.refusals import AnalysisMissing

if TYPE_CHECKING:
    from api.settings import Settings
    from api.wiring.training import Training

DEMONSTRATION_TODAY = date(2026, 1, 1)
"""The demonstration's own today (decision 12)."""

BUREAU_NAME = "科学技术局"
CONSENT_SPAN = (datetime(2025, 7, 1, tzinfo=SHANGHAI), datetime(2026, 7, 1, tzinfo=SHANGHAI))
"""From when until when the city's firms have consented: twelve months, the longest that is allowed."""

CONSENT_PURPOSES = frozenset({Purpose.PRE_LOAN, Purpose.MONITORING, Purpose.GUARANTEE, Purpose.JOINT_EVALUATION})
ACTOR = "init"


class InitRunning(Refusal):
    """Another process is making a store in this folder."""

    code = "init-running"
    status = 409


class TrainingChapters:
    """Tell the two chapters of a training apart by the names of its stages."""

    def __init__(self, progress: Chapters) -> None:
        self._progress, self._fitting = progress, False
        progress.chapter("特征")

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage, and with the first one about fitting the second chapter."""
        if not self._fitting and ("训练" in name or "挑选" in name):
            self._fitting = True
            self._progress.chapter("训练")
        self._progress.stage(name, total)

    def advance(self, steps: int = 1) -> None:
        """Pass on."""
        self._progress.advance(steps)

    def note(self, message: str) -> None:
        """Pass on."""
        self._progress.note(message)


class Opening:
    """Make stores at the place that the settings name."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings

    def exists(self) -> bool:
        """Tell whether a store stands here, whatever its state."""
        if self._settings.database is None:
            return self._database.exists()
        try:
            open_store(self._settings).close()
        except StoreMissing:
            return False
        return True

    @property
    def _database(self) -> Path:
        return self._settings.state / "lukeping.db"

    def upgrade(self) -> Upgraded:
        """Bring the store to this version; a database file is copied first, beside itself."""
        keep = self._settings.state / f"lukeping-{now():%Y%m%dT%H%M%S}.db"
        done = Store.upgrade(self._settings.database_url, keep=keep)
        return Upgraded(before=done.before, after=done.after, kept=done.kept)

    def create(self, *, demonstration: bool, enterprises: int, progress: Chapters, anew: bool = False) -> Opened:
        """Make the store, or leave everything as it was."""
        with self._place(anew=anew) as place:
            build = _Build(self._settings, place, progress)
            return build.make(demonstration=demonstration, enterprises=enterprises)

    def create_sandbox(self, *, progress: Chapters) -> Opened:
        """Make a sandbox, or leave everything as it was."""
        with self._place(anew=False) as place:
            return _Build(self._settings, place, progress).sandbox()

    @contextmanager
    def _place(self, *, anew: bool) -> Iterator[Path]:
        """Give a folder to build in, and put in place what was built there without a fault."""
        state = self._settings.state
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        state.chmod(0o700)
        with _alone(state):
            if self.exists() and not anew:
                raise StoreExists(f"{state} 中已有存储。", help="请换一个状态目录（LUKEPING_STATE），或先移走它。")
            with _building(state) as place:
                yield place
                _move(place, state)


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """Keep a second process out while a store is made; the lock ends with the process."""
    with (state / ".init.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InitRunning("另一个进程正在这里建库。", help="请等它结束。") from error
        yield


@contextmanager
def _building(state: Path) -> Iterator[Path]:
    """Give an empty folder to build in; what an interrupted run left is thrown away."""
    place = state / ".building"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _move(place: Path, state: Path) -> None:
    """Put what was built in place, the database last."""
    for old in (state / "lukeping.db", state / "lukeping.db-wal", state / "lukeping.db-shm"):
        old.unlink(missing_ok=True)
    for built in sorted(place.iterdir(), key=lambda path: path.name == "lukeping.db"):
        target = state / built.name
        if target.is_dir():
            shutil.rmtree(target)
        built.replace(target)


class _Build:
    """Build one store in a folder."""

    def __init__(self, settings: "Settings", place: Path, progress: Chapters) -> None:
        # An own database server cannot be moved into place: there the store is built where it will stand.
        self._settings = settings.model_copy(update={"state": place})
        self._progress = progress

    def make(self, *, demonstration: bool, enterprises: int) -> Opened:
        """Make every part."""
        if demonstration:
            return self._demonstration(enterprises)
        self._progress.chapter("建库")
        at = now()
        create_store(self._settings, at=at).close()
        return Opened(demonstration=False, tokens=())

    def sandbox(self) -> Opened:
        """Make the sandbox: twelve fixed enterprises, a fixed model, and a history of fixed instants."""
        from api.wiring.sandbox import SandboxBuild
        from data.sandbox import read_sandbox

        self._progress.chapter("建库")
        at = read_sandbox().history.built_at
        store = create_store(self._settings, at=at, demonstration_today=DEMONSTRATION_TODAY, sandbox=True)
        try:
            tokens = _issue(store, _sandbox_institutions(), at=at)
            _write_tokens(self._settings.token_file, tokens)
            askers = [issued.institution for issued in tokens]
            batches = SandboxBuild(store, self._settings.shelf, askers=askers, progress=self._progress).fill()
        finally:
            store.close()
        return Opened(demonstration=True, sandbox=True, tokens=tokens, batches=tuple(batches))

    def _demonstration(self, enterprises: int) -> Opened:
        from data.zibo import write_city

        city = self._settings.state / "city"
        self._progress.chapter("名单")
        write_city(city, enterprises=enterprises, progress=self._progress)
        self._progress.chapter("入库")
        at = now(DEMONSTRATION_TODAY)
        store = create_store(self._settings, at=at, demonstration_today=DEMONSTRATION_TODAY)
        try:
            batches = self._load(store, city / "lists", at=at)
            tokens = _issue(store, _city_institutions(), at=at)
            _write_tokens(self._settings.token_file, tokens)
            _grant_consents(store, [issued.institution.code for issued in tokens], at=at)
            model = self._train(store, at=at)
        finally:
            store.close()
        return Opened(demonstration=True, tokens=tokens, batches=tuple(batches), model=model)

    def _load(self, store: Store, lists: Path, *, at: datetime) -> Sequence[LoadedBatch]:
        from api.wiring.intake import Intake

        return Intake(store).load_folder(lists, wishes=IntakeWishes(), at=at, progress=self._progress)

    def _train(self, store: Store, *, at: datetime) -> TrainingSummary:
        from api.wiring.training import Training

        progress = TrainingChapters(self._progress)
        training = Training(store, self._settings.shelf)
        trained = training.train(card="application", as_of=at.date(), at=at, progress=progress)
        training.train(card="behaviour", as_of=at.date(), at=at, progress=self._progress)
        self._stand_beside(training, at=at)
        return trained

    def _stand_beside(self, training: "Training", *, at: datetime) -> None:
        """Leave a scorecard beside each model, where what fits one is installed: two cards far apart give no score."""
        try:
            for card in ("application", "behaviour"):
                training.keep_baseline(card=card, as_of=at.date(), at=at, progress=self._progress)
        except AnalysisMissing:
            self._progress.note("没有安装分析组件，模型旁没有对照评分卡：答复会写明未作两卡比对")


def _city_institutions() -> list[Institution]:
    from data.zibo.banks import BANKS, GUARANTOR, GUARANTOR_NAME

    return [
        Institution(code=BUREAU, name=f"{BUREAU_NAME}（演示）", kind="bureau"),
        *(Institution(code=code, name=name, kind="bank") for code, name in BANKS.items()),
        Institution(code=GUARANTOR, name=GUARANTOR_NAME, kind="guarantor"),
    ]


def _sandbox_institutions() -> list[Institution]:
    """Return the bureau and those who ask in the sandbox: one bank and one guarantor of the city."""
    from data.sandbox import read_sandbox

    askers = {earlier.asker for earlier in read_sandbox().earlier} | {BUREAU}
    return [one for one in _city_institutions() if one.code in askers]


def _issue(store: Store, institutions: Sequence[Institution], *, at: datetime) -> tuple[IssuedToken, ...]:
    """Give each institution one token; only the hashes are kept."""
    issued = tuple(IssuedToken(institution=institution, token=new_token()) for institution in institutions)
    with store.work(at=at) as work:
        for one in issued:
            own = one.institution
            audit = AuditEvent(tenant=BUREAU, actor=ACTOR, action=Action.TOKEN_ISSUED, object_id=own.code, at=at)
            hashed = token_hash(one.token)
            write_institution(work, own.code, own.name, kind=own.kind, token_hash=hashed, audit=audit)
        work.commit()
    return issued


def _write_tokens(path: Path, issued: Sequence[IssuedToken]) -> None:
    """Leave the demonstration's tokens where only its owner reads them."""
    path.touch(mode=0o600)
    told = {one.institution.code: {"name": one.institution.name, "token": one.token} for one in issued}
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _grant_consents(store: Store, grantees: Sequence[str], *, at: datetime) -> None:
    """Let every firm of the city consent to its banks and guarantor (decision 14)."""
    begins, ends = CONSENT_SPAN
    with store.work(at=at) as work:
        firms = read_enterprises(work, access=bureau_access(ACTOR, at=at))["enterprise_id"].tolist()
        for grantee in grantees:
            if grantee == BUREAU:
                continue
            consents = [
                Consent(
                    id=f"{grantee}-{firm:06d}",
                    version=1,
                    enterprise_id=firm,
                    grantee=grantee,
                    purposes=CONSENT_PURPOSES,
                    categories=ALL_CATEGORIES,
                    permissions=frozenset(Permission),
                    valid_from=begins,
                    valid_to=ends,
                )
                for firm in firms
            ]
            audit = AuditEvent(tenant=grantee, actor=ACTOR, action=Action.CONSENT_GRANTED, object_id=grantee, at=at)
            write_consents(work, consents, audit)
        work.commit()
