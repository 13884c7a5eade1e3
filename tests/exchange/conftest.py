"""A service on a real store with every kind of institution twice, and a token for each."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.clock import SHANGHAI
from api.desks import Desks, Institution
from api.log import open_log
from api.settings import Settings
from api.wiring.desks import desks_of
from api.wiring.opening import CONSENT_PURPOSES
from data.intake import load_file
from data.spec.access import BUREAU, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.consent import ALL_CATEGORIES, Consent, Permission
from data.spec.identifiers import with_uscc_check_digit
from data.store import Store
from data.store.consents import write_consents
from data.store.institutions import write_institution
from data.store.reads import read_enterprises
from risk.permissions import Role, scopes_of
from tests.exchange.unlimited import Unlimited
from tests.figures import record

TODAY = date(2026, 1, 1)
NOW = datetime(2026, 1, 1, 9, 30, tzinfo=SHANGHAI)
FIRMS = tuple(with_uscc_check_digit(f"91370303MA3C{number:05d}") for number in range(4))
NAMES = (
    "淄博甲陶瓷科技（演示）有限公司",
    "淄博乙化工（演示）有限公司",
    "淄博丙医药（演示）有限公司",
    "淄博丁装备（演示）有限公司",
)
LISTS = {
    "enterprise_registration": "统一社会信用代码,企业名称,成立日期,更新日期\n"
    + "".join(f"{code},{name},2012-03-02,2024-01-05\n" for code, name in zip(FIRMS, NAMES, strict=True)),
    "annual_report": "统一社会信用代码,年度,营业收入,资产总额,负债总额,填报日期\n"
    + "".join(f"{code},2024,1000,400,300,2025-04-12\n" for code in FIRMS),
    "rnd_year": "统一社会信用代码,年度,统计口径,研发费用,研发人员,从业人员,报送日期\n"
    + "".join(f"{code},2024,会计,5,10,50,2025-06-10\n" for code in FIRMS),
}


@dataclass
class World:
    """Be the service with its institutions; `side` is a or b, each with firms of its own."""

    client: TestClient
    app: FastAPI
    store: Store
    settings: Settings
    institutions: Mapping[str, Institution]
    keys: Iterator[int] = field(default_factory=lambda: count(1))

    def code(self, role: Role, side: str) -> str:
        """Return the code of an institution of a role on a side; the bureau is one."""
        return BUREAU if role is Role.BUREAU else f"{role}-{side}"

    def headers(self, role: Role, side: str, *, scoped: bool = True) -> dict[str, str]:
        """Return the headers of one request, with a new idempotency key."""
        token = token_of(self.code(role, side), scoped=scoped)
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": f"key-{next(self.keys):08d}"}

    def firm(self, side: str) -> dict[str, str]:
        """Name the firm that has consented to the institutions of one side."""
        return {"scheme": "uscc", "value": FIRMS["ab".index(side)]}


def token_of(code: str, *, scoped: bool = True) -> str:
    """Return the bearer token of an institution; an unscoped one was granted nothing."""
    return "lk_" + sha256(f"{code} {scoped}".encode()).hexdigest()[:43]


class Granting:
    """Know tokens as a store does, and which of them were granted nothing."""

    def __init__(self, institutions: Mapping[str, Institution]) -> None:
        self._known = {
            sha256(token_of(code, scoped=scoped).encode()).hexdigest(): (
                one if scoped else replace(one, granted=frozenset())
            )
            for code, one in institutions.items()
            for scoped in (True, False)
        }

    def find_by_token(self, token_hash: str) -> Institution | None:
        return self._known.get(token_hash)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return the service; tests that share it add, and take nothing away."""
    yield from make_world(tmp_path_factory.mktemp("world"))


def make_world(folder: Path) -> Iterator[World]:
    """Build a store with four firms, of which one consented to side a and another to side b."""
    settings = Settings(state=folder)
    store = Store.create(settings.database_url, at=NOW, demonstration_today=TODAY)
    for name, text in LISTS.items():
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8-sig")
        load_file(store, path, list_name=name, known_on=date(2025, 4, 12), at=NOW, actor="test")
    institutions = _institutions(store)
    desks: Future[Desks] = Future()
    opened = desks_of(store, settings)
    scoring = replace(opened.scoring, rates=Unlimited())
    desks.set_result(replace(opened, institutions=Granting(institutions), scoring=scoring))
    app = create_app(desks, clock=lambda: NOW, log=open_log(folder / "l.log"))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield World(client, app, store, settings, institutions)
    store.close()


def _institutions(store: Store) -> dict[str, Institution]:
    with store.work(at=NOW) as work:
        firms = read_enterprises(work, access=bureau_access("test", at=NOW)).set_index("value")["enterprise_id"]
        made = {}
        for role in Role:
            for side in "ab":
                code = BUREAU if role is Role.BUREAU else f"{role}-{side}"
                subject = int(firms[FIRMS["ab".index(side)]]) if role is Role.ENTERPRISE else None
                made[code] = Institution(
                    code=code, name=f"{code}（演示）", kind=role, granted=scopes_of(role), subject=subject
                )
                audit = AuditEvent(tenant=BUREAU, actor="test", action=Action.TOKEN_ISSUED, object_id=code, at=NOW)
                if side == "a" or code != BUREAU:
                    write_institution(work, code, made[code].name, kind=role, token_hash=code, audit=audit)
        for side in "ab":
            given = [
                _consent(f"{role}-{side}", int(firms[FIRMS["ab".index(side)]])) for role in (Role.BANK, Role.GUARANTOR)
            ]
            audit = AuditEvent(tenant=BUREAU, actor="test", action=Action.CONSENT_GRANTED, object_id=side, at=NOW)
            write_consents(work, given, audit)
        work.commit()
    return made


def _consent(grantee: str, firm: int) -> Consent:
    return Consent(
        id=f"c-{grantee}",
        version=1,
        enterprise_id=firm,
        grantee=grantee,
        purposes=CONSENT_PURPOSES,
        categories=ALL_CATEGORIES,
        permissions=frozenset(Permission),
        valid_from=NOW - timedelta(days=30),
        valid_to=NOW + timedelta(days=30),
    )


@dataclass
class Probes:
    """Count what was tried, and the routes whose every stranger was kept out."""

    tried: int = 0
    begun: int = 0
    held: int = 0


@pytest.fixture(scope="session")
def probes() -> Iterator[Probes]:
    """Count what is tried in this run, whatever the order."""
    counted = Probes()
    yield counted
    record("tenant_probes", counted.tried)
    record("tenant_leaks", counted.begun - counted.held)
