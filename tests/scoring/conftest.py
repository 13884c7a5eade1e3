"""A service on a real store with a few firms, two banks, a guarantor and the bureau; clock and pace stand still."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from api.capacity import Terms
from api.clock import SHANGHAI
from api.desks import Desks, Institution
from api.log import open_log
from api.settings import Settings
from api.wiring.desks import desks_of
from api.wiring.opening import CONSENT_PURPOSES, _issue
from data.intake import load_file
from data.spec.access import BUREAU, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.consent import ALL_CATEGORIES, Consent, Permission
from data.spec.identifiers import with_uscc_check_digit
from data.store import Store
from data.store.consents import write_consent
from data.store.orm import AUDIT_EVENT
from data.store.reads import read_enterprises
from models.card import ModelCard
from models.fitted import Model
from models.register import Register
from tests.risk.conftest import trained as trained

TODAY = date(2026, 1, 1)
NOW = datetime(2026, 1, 1, 9, 30, tzinfo=SHANGHAI)
NAMES = (
    "淄博恒拓陶瓷(演示)有限公司",
    "淄博新材料(演示)有限公司",
    "淄博生物医药(演示)有限公司",
    "山东恒拓科技(演示)有限公司",
)
FIRMS = tuple(with_uscc_check_digit(f"91370303MA3C0000{place}") for place in range(len(NAMES)))
INSTITUTIONS = [
    Institution(code="bank-a", name="甲银行（演示）", kind="bank"),
    Institution(code="bank-b", name="乙银行（演示）", kind="bank"),
    Institution(code=BUREAU, name="科技局（演示）", kind="bureau"),
]


@dataclass
class Town:
    """Hold the store, and ask its service as one institution or another."""

    store: Store
    settings: Settings
    tokens: dict[str, str]
    folder: Path
    now: datetime = NOW
    pace: datetime = NOW
    others: list[Store] = field(default_factory=list)
    desks: Desks = field(init=False)
    client: TestClient = field(init=False)

    def __post_init__(self) -> None:
        self.desks = desks_of(self.store, self.settings)
        self.client = self.instance()

    def opened(self) -> Store:
        """Open the same database once more, as another process would."""
        self.others.append(Store.open(self.settings.database_url))
        return self.others[-1]

    def instance(self, terms: Terms | None = None) -> TestClient:
        """Start one more instance of the service on the same store."""
        arrived: Future[Desks] = Future()
        arrived.set_result(desks_of(self.opened(), self.settings))
        app = create_app(
            arrived, clock=lambda: self.now, log=open_log(self.folder / "l.log"), pace=lambda: self.pace, terms=terms
        )
        return TestClient(app, raise_server_exceptions=False)

    def ask(
        self, method: str, path: str, body: object = None, *, by: str = "bank-a", key: str = "k-1", **headers: str
    ) -> Any:
        """Send one request; POSTs carry an idempotency key."""
        sent = {"Authorization": f"Bearer {self.tokens[by]}", "Idempotency-Key": key}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, path, json=body, headers=sent)

    def number(self, place: int) -> int:
        """Return the internal number of one of FIRMS."""
        with self.store.work(at=NOW, read_only=True) as work:
            listed = read_enterprises(work, access=bureau_access("test", at=NOW)).set_index("value")
        return int(listed.loc[FIRMS[place], "enterprise_id"])

    def consent(self, place: int, grantee: str = "bank-a", **changes: Any) -> Consent:
        """Let a firm consent to an institution."""
        terms: dict[str, Any] = {
            "id": f"c-{grantee}-{place}",
            "version": 1,
            "purposes": CONSENT_PURPOSES,
            "categories": ALL_CATEGORIES,
            "permissions": frozenset(Permission),
            "valid_from": NOW - timedelta(days=30),
            "valid_to": NOW + timedelta(days=400),
            **changes,
        }
        given = Consent(enterprise_id=self.number(place), grantee=grantee, **terms)
        with self.store.work(at=NOW) as work:
            event = AuditEvent(tenant=BUREAU, actor="test", action=Action.CONSENT_GRANTED, object_id=given.id, at=NOW)
            write_consent(work, given, event)
            work.commit()
        return given

    def load(self, list_name: str, text: str, known_on: date) -> None:
        """Load a list of these lines."""
        path = self.folder / f"{list_name}-{known_on}.csv"
        path.write_text(text, encoding="utf-8-sig")
        batch = load_file(self.store, path, list_name=list_name, known_on=known_on, at=NOW, actor="test")
        assert batch is not None

    def actions(self, tenant: str = "bank-a") -> list[str]:
        """Return what the audit log tells of a tenant, in order."""
        with self.store.work(at=NOW, read_only=True) as work:
            rows = work.connection.scalars(
                select(AUDIT_EVENT.c.action).where(AUDIT_EVENT.c.tenant == tenant).order_by(AUDIT_EVENT.c.seq)
            )
            return list(rows)

    def work_all(self, most: int = 100) -> int:
        """Let the worker work until nothing waits; return how many turns it took."""
        for turns in range(most):
            if not self.desks.scoring.batches.work_next(at=self.now):
                return turns
        raise AssertionError("the worker never came to an end")


def entries(until: str = "2026-03-31") -> str:
    """Return a list of 科技型中小企业 with the first firm on it."""
    head = "统一社会信用代码,企业名称,入库登记编号,入库日期,有效期至"
    return f"{head}\n{FIRMS[0]},{NAMES[0]},202537030308000123,2025-04-10,{until}\n"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Build the town's database once: each test gets a copy."""
    folder = tmp_path_factory.mktemp("town")
    store = Store.create(Settings(state=folder).database_url, at=NOW, demonstration_today=TODAY)
    tokens = {one.institution.code: one.token for one in _issue(store, INSTITUTIONS, at=NOW)}
    rows = "\n".join(f"{code},{name},2015-03-02,2024-01-05" for code, name in zip(FIRMS, NAMES, strict=True))
    path = folder / "企业名录.csv"
    path.write_text(f"统一社会信用代码,企业名称,成立日期,更新日期\n{rows}\n", encoding="utf-8-sig")
    load_file(store, path, list_name="enterprise_registration", known_on=date(2024, 1, 5), at=NOW, actor="test")
    store.close()
    return folder / "lukeping.db", tokens


@pytest.fixture
def town(tmp_path: Path, built: tuple[Path, dict[str, str]]) -> Iterator[Town]:
    """Return a service on a store with FIRMS, of which nothing but their registration is known."""
    database, tokens = built
    shutil.copy(database, tmp_path / database.name)
    settings = Settings(state=tmp_path)
    store = Store.open(settings.database_url)
    town = Town(store=store, settings=settings, tokens=tokens, folder=tmp_path)
    yield town
    for one in (*town.others, store):
        one.close()


@pytest.fixture
def batch_of() -> Callable[..., dict[str, object]]:
    """Return a maker of batch requests about firms by their place in FIRMS, or by a text as it is."""

    def make(*firms: int | str, **members: object) -> dict[str, object]:
        named = [{"value": FIRMS[one] if isinstance(one, int) else one} for one in firms]
        return {"enterprises": named, **members}

    return make


@pytest.fixture
def shelved(town: Town, trained: tuple[Model, ModelCard]) -> str:
    """Shelve a small model and let it answer for the application card; return its name."""
    register = Register(town.settings.shelf)
    register.shelve(*trained)
    register.promote("application", trained[1].name, by="test", at=NOW, reason="test")
    return trained[1].name
