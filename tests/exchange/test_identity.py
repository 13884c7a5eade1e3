"""Does a registered client get in, and nobody else? Every attack has beside it the same request untampered."""

import base64
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from starlette.testclient import TestClient

from api.app import create_app
from api.client_desk import NewClient
from api.desks import Desks
from api.log import open_log
from api.oauth.keys import new_key as new_signing_key
from api.oauth.keys import rotate_signing_keys
from api.settings import Settings
from api.wiring.clients import (
    ClientIdMalformed,
    Clients,
    ClientUnknown,
    KeysUnsuitable,
    NetworkMalformed,
    RoleUnsuitable,
    SubjectUnsuitable,
)
from api.wiring.desks import desks_of
from data.spec.access import BUREAU
from data.spec.errors import InstitutionUnknown
from data.spec.identifiers import Identifier, with_uscc_check_digit
from data.store import Store
from data.store.audit_reads import read_entries
from data.store.clients import ClientExists
from risk.client_keys import KeyTerms
from risk.permissions import Role, Scope, ScopeMissing, scopes_of
from tests.exchange.bank import ISSUER, TOKEN_URL, Machine, fresh, new_key, part, signed, text, unsigned
from tests.exchange.remote import REMOTE_ATTACKS, REMOTE_CONTROLS, Publisher
from tests.exchange.unlimited import Unlimited

AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
PATH = "/v1/catalogue"
SCOPES = frozenset({Scope.CATALOGUE_READ, Scope.ASSESSMENTS_READ})
DEEP = bool(os.environ.get("LUKEPING_DEEP"))


@dataclass
class House:
    """Be two workers on one store, with one client registered, and a clock that stands still until it is moved."""

    store: Store
    settings: Settings
    desks: Desks
    one: TestClient
    other: TestClient
    bank: Machine
    second: Machine
    at: datetime = AT
    publisher: Publisher = field(default_factory=Publisher)

    def fetch(self, uri: str, *, terms: KeyTerms) -> str:
        """Fetch keys from the bank's own server, as it is now."""
        return self.publisher.fetcher()(uri, terms=terms)

    def ask(
        self, headers: dict[str, str] | list[tuple[str, str]], *, path: str = PATH, worker: TestClient | None = None
    ) -> Any:
        return (worker or self.one).get(path, headers=headers)

    def call(self, **changes: Any) -> Any:
        """Ask with a new token and a proof, changed as told."""
        token = self.bank.token(self.one)
        return self.ask(self.bank.headers("GET", PATH, token, **changes))

    def apply(self, form: Any = None, *, proof: str | None = None, **options: Any) -> Any:
        """Ask for a token."""
        headers = {"DPoP": self.bank.proof("POST", TOKEN_URL) if proof is None else proof}
        data = self.bank.form() if form is None else form
        return self.one.post("/oauth/token", data=data, headers=headers | options.get("headers", {}))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Make the house once; every attack leaves it as it was."""
    yield from make_house(tmp_path_factory.mktemp("identity"))


@pytest.fixture
def house(shared: House) -> House:
    """Return the house with its clock set back, and at peace."""
    shared.at = shared.bank.at = shared.second.at = AT
    return shared


@pytest.fixture
def own(tmp_path: Path) -> Iterator[House]:
    """Make a house for a test that changes it."""
    yield from make_house(tmp_path)


def make_house(folder: Path) -> Iterator[House]:
    settings = Settings(state=folder)
    store = Store.create(settings.database_url, at=AT)
    bank, second = Machine("bank-a-1", AT), Machine("bank-b-1", AT)
    clients = Clients(store)
    for machine, code in ((bank, "bank-a"), (second, "bank-b")):
        clients.register(registration(machine, code), at=AT)
    desks = desks_of(store, settings)
    desks = replace(desks, scoring=replace(desks.scoring, rates=Unlimited()))
    arrived: Future[Desks] = Future()
    house = House(store, settings, desks, None, None, bank, second)  # type: ignore[arg-type] # set below
    arrived.set_result(replace(desks, clients=Clients(store, house.fetch)))
    apps = [
        create_app(arrived, clock=lambda: house.at, pace=lambda: house.at, log=open_log(folder / f"{name}.log"))
        for name in ("one", "other")
    ]
    with TestClient(apps[0]) as house.one, TestClient(apps[1]) as house.other:
        yield house
    store.close()


def registration(machine: Machine, code: str, **changes: Any) -> NewClient:
    given = {
        "id": machine.id,
        "institution": code,
        "name": f"{code}（演示）",
        "role": Role.BANK,
        "scopes": SCOPES,
        "keys": json.dumps({"keys": [machine.key.as_dict(private=False)]}),
    }
    return NewClient(**(given | changes))  # type: ignore[arg-type]


def test_a_client_gets_a_token_and_is_answered(house: House) -> None:
    answer = house.call()

    assert answer.status_code == 200, answer.text


def test_a_token_says_what_was_granted_and_for_how_long(house: House) -> None:
    answer = house.apply(house.bank.form(scope="catalogue:read"))
    claims = jwt.decode(answer.json()["access_token"], house.desks.signing.public, algorithms=["ES256"]).claims

    assert answer.json()["token_type"] == "DPoP"
    assert answer.json()["expires_in"] == 300
    assert answer.headers["cache-control"] == "no-store"
    assert claims["scope"] == "catalogue:read"
    assert claims["exp"] - claims["iat"] == 300
    assert claims["cnf"] == {"jkt": house.bank.proving.thumbprint()}


def test_the_metadata_lead_to_the_endpoint_and_its_keys(house: House) -> None:
    said = house.one.get("/.well-known/oauth-authorization-server").json()

    assert (said["issuer"], said["token_endpoint"]) == (ISSUER, TOKEN_URL)
    assert said["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    keys = house.one.get("/oauth/jwks").json()["keys"]
    assert [one["kid"] for one in keys] == [house.desks.signing.current.kid]
    assert not any("d" in one for one in keys)


MAKERS: dict[str, Callable[[], Any]] = {"EC": new_key, "OKP": lambda: OKPKey.generate_key("Ed25519", auto_kid=True)}


@pytest.mark.parametrize(
    ("kind", "name", "status"),
    [
        ("EC", "ES256", 200), ("OKP", "Ed25519", 200), ("OKP", "EdDSA", 200),
        ("EC", "EdDSA", 401), ("OKP", "ES256", 401), ("EC", "PS256", 401), ("EC", "ES384", 401), ("EC", "RS256", 401),
    ],
)  # fmt: skip
def test_an_algorithm_goes_with_keys_of_its_kind_alone(own: House, kind: str, name: str, status: int) -> None:
    machine = Machine("other-1", AT, key=MAKERS[kind]())
    Clients(own.store).register(registration(machine, "bank-c"), at=AT)
    assertion = signed({"alg": name, "kid": machine.key.kid}, machine.claims(), machine.key)

    assert own.apply(machine.form(client_assertion=assertion)).status_code == status


def test_a_strong_rsa_key_serves_and_a_weak_one_is_not_registered(own: House) -> None:
    strong, weak = (RSAKey.generate_key(size, auto_kid=True) for size in (2048, 1024))
    machine = Machine("rsa-1", AT, key=strong)
    Clients(own.store).register(registration(machine, "bank-c"), at=AT)
    assertion = signed({"alg": "PS256", "kid": strong.kid}, machine.claims(), strong)

    assert own.apply(machine.form(client_assertion=assertion)).status_code == 200
    with pytest.raises(KeysUnsuitable):
        Clients(own.store).register(registration(Machine("weak-1", AT, key=weak), "bank-c"), at=AT)


def hmac_key(key: Any) -> bytes:
    """Return a shared secret made of a public key's own text, the classic confusion."""
    return bytes(key.as_pem(private=False))


Attack = Callable[[House], Any]


def assertion(**changes: Any) -> Attack:
    return lambda house: house.apply(house.bank.form(client_assertion=house.bank.assertion(**changes)))


def assertion_header(**changes: Any) -> Attack:
    def attack(house: House) -> Any:
        header = {"alg": "ES256", "typ": "JWT", "kid": house.bank.key.kid} | changes
        header = {name: value for name, value in header.items() if value is not None}
        return house.apply(house.bank.form(client_assertion=signed(header, house.bank.claims(), house.bank.key)))

    return attack


def form(**changes: Any) -> Attack:
    return lambda house: house.apply(house.bank.form(**changes))


def token_proof(**changes: Any) -> Attack:
    return lambda house: house.apply(proof=house.bank.proof("POST", TOKEN_URL, **changes))


def proof(**changes: Any) -> Attack:
    return lambda house: house.call(**changes)


def proof_header(**changes: Any) -> Attack:
    def attack(house: House) -> Any:
        token = house.bank.token(house.one)
        header, claims = house.bank.proof_header(**changes), house.bank.proof_claims("GET", ISSUER + PATH, token)
        return house.ask(house.bank.headers("GET", PATH, token, proof=signed(header, claims, house.bank.proving)))

    return attack


def access(header: dict[str, Any] | None = None, key: Callable[[House], Any] | None = None, **changes: Any) -> Attack:
    """Send an access token of one's own making, with a right proof."""

    def attack(house: House) -> Any:
        signing = house.desks.signing.current
        now = int(house.at.timestamp())
        claims = {
            "iss": ISSUER, "aud": ISSUER, "sub": house.bank.id, "client_id": house.bank.id, "scope": "catalogue:read",
            "iat": now, "exp": now + 300, "jti": fresh(), "cnf": {"jkt": house.bank.proving.thumbprint()},
        } | changes  # fmt: skip
        said = {"alg": "ES256", "typ": "at+jwt", "kid": signing.kid} | (header or {})
        said = {name: value for name, value in said.items() if value is not None}
        token = signed(said, {name: v for name, v in claims.items() if v is not None}, key(house) if key else signing)
        return house.ask(house.bank.headers("GET", PATH, token))

    return attack


def stolen_token(house: House) -> Any:
    token, thief = house.bank.token(house.one), Machine(house.bank.id, house.at)
    return house.ask(thief.headers("GET", PATH, token))


def replayed_proof(worker: str) -> Attack:
    def attack(house: House) -> Any:
        token = house.bank.token(house.one)
        headers = house.bank.headers("GET", PATH, token)
        assert house.ask(headers).status_code == 200
        return house.ask(headers, worker=getattr(house, worker))

    return attack


def replayed_assertion(worker: str) -> Attack:
    def attack(house: House) -> Any:
        said = house.bank.form()
        assert house.apply(said).status_code == 200
        headers = {"DPoP": house.bank.proof("POST", TOKEN_URL)}
        return getattr(house, worker).post("/oauth/token", data=said, headers=headers)

    return attack


def replayed_token_proof(house: House) -> Any:
    once = house.bank.proof("POST", TOKEN_URL)
    assert house.apply(proof=once).status_code == 200
    return house.apply(proof=once)


def unsigned_assertion(algorithm: str) -> Attack:
    def attack(house: House) -> Any:
        said = unsigned({"alg": algorithm, "kid": house.bank.key.kid}, house.bank.claims())
        return house.apply(house.bank.form(client_assertion=said))

    return attack


def unsigned_access(house: House) -> Any:
    token = house.bank.token(house.one)
    _, claims, _ = token.split(".")
    forged = f"{part({'alg': 'none', 'typ': 'at+jwt'})}.{claims}."
    return house.ask(house.bank.headers("GET", PATH, forged))


def with_claims(house: House, **changes: Any) -> Any:
    header, claims, signature = house.bank.token(house.one).split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))) | changes
    written = text(json.dumps(said, separators=(",", ":")).encode())
    return house.ask(house.bank.headers("GET", PATH, f"{header}.{written}.{signature}"))


def two_headers(name: str) -> Attack:
    def attack(house: House) -> Any:
        token = house.bank.token(house.one)
        headers = house.bank.headers("GET", PATH, token)
        second = house.bank.headers("GET", PATH, token)
        return house.ask([*headers.items(), (name, second[name])])

    return attack


def later(seconds: int) -> Attack:
    """Send a right request so much later."""

    def attack(house: House) -> Any:
        token = house.bank.token(house.one)
        house.at = AT + timedelta(seconds=seconds)
        house.bank.at = house.at
        return house.ask(house.bank.headers("GET", PATH, token))

    return attack


def as_bearer(house: House) -> Any:
    token = house.bank.token(house.one)
    return house.ask({**house.bank.headers("GET", PATH, token), "Authorization": f"Bearer {token}"})


def in_query(house: House) -> Any:
    token = house.bank.token(house.one)
    return house.ask({"DPoP": house.bank.proof("GET", ISSUER + PATH, token)}, path=f"{PATH}?access_token={token}")


def another_route(house: House) -> Any:
    token = house.bank.token(house.one, scope="catalogue:read")
    return house.ask(house.bank.headers("GET", "/v1/assessments/a-1", token), path="/v1/assessments/a-1")


def proof_of_another_token(house: House) -> Any:
    first, second = house.bank.token(house.one), house.bank.token(house.one)
    return house.ask(house.bank.headers("GET", PATH, second, proof=house.bank.proof("GET", ISSUER + PATH, first)))


def symmetric(kind: str) -> Attack:
    def attack(house: House) -> Any:
        if kind == "assertion":
            key = hmac_key(house.bank.key)
            said = signed({"alg": "HS256", "kid": house.bank.key.kid}, house.bank.claims(), key)
            return house.apply(house.bank.form(client_assertion=said))
        return access({"alg": "HS256"}, lambda house: hmac_key(house.desks.signing.current))(house)

    return attack


def private_jwk(house: House) -> Any:
    return proof_header(jwk=house.bank.proving.as_dict(private=True))(house)


def foreign_jwk(house: House) -> Any:
    return proof_header(jwk=new_key().as_dict(private=False))(house)


def as_another(house: House) -> Any:
    """Sign with one's own key in another client's name."""
    claims = house.bank.claims(iss=house.second.id, sub=house.second.id)
    said = signed({"alg": "ES256", "kid": house.bank.key.kid}, claims, house.bank.key)
    return house.apply(house.bank.form(client_assertion=said, client_id=house.second.id))


def twice_in_form(house: House) -> Any:
    body = "&".join(f"{name}={value}" for name, value in house.bank.form().items()) + "&scope=a&scope=catalogue:read"
    headers = {"DPoP": house.bank.proof("POST", TOKEN_URL), "Content-Type": "application/x-www-form-urlencoded"}
    return house.one.post("/oauth/token", content=body, headers=headers)


def member_twice(house: House) -> Any:
    raw = json.dumps(house.bank.claims())[:-1] + f', "sub": "{house.second.id}"' + "}"
    claims = base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")
    return house.apply(house.bank.form(client_assertion=f"{part({'alg': 'ES256'})}.{claims}.{'A' * 86}"))


NOW = int(AT.timestamp())
ATTACKS: dict[str, Attack] = {
    "assertion: alg none": unsigned_assertion("none"),
    "assertion: alg None": unsigned_assertion("None"),
    "assertion: no signature under ES256": unsigned_assertion("ES256"),
    "assertion: HS256 with the public key": symmetric("assertion"),
    "assertion: another key": lambda h: h.apply(h.bank.form(client_assertion=Machine(h.bank.id, h.at).assertion())),
    "assertion: another key under the right kid": lambda h: h.apply(
        h.bank.form(client_assertion=signed({"alg": "ES256", "kid": h.bank.key.kid}, h.bank.claims(), new_key()))
    ),
    "assertion: unknown kid": assertion_header(kid="unknown"),
    "assertion: kid with a path": assertion_header(kid="../../keys"),
    "assertion: kid with SQL": assertion_header(kid="' OR 1=1 --"),
    "assertion: kid is a number": assertion_header(kid=1),
    "assertion: jku": assertion_header(jku="https://attacker.example/keys"),
    "assertion: x5u": assertion_header(x5u="https://attacker.example/cert"),
    "assertion: x5c": assertion_header(x5c=["MIIB"]),
    "assertion: jwk in the header": assertion_header(jwk={"kty": "EC"}),
    "assertion: crit": assertion_header(crit=["exp"]),
    "assertion: typ of an access token": assertion_header(typ="at+jwt"),
    "assertion: typ of a proof": assertion_header(typ="dpop+jwt"),
    "assertion: aud of another service": assertion(aud="https://other.example"),
    "assertion: aud of a resource": assertion(aud=f"{ISSUER}/v1/assessments"),
    "assertion: two aud": assertion(aud=[ISSUER, "https://other.example"]),
    "assertion: no aud": assertion(aud=None),
    "assertion: expired": assertion(exp=NOW - 1),
    "assertion: ends this instant": assertion(exp=NOW),
    "assertion: no exp": assertion(exp=None),
    "assertion: lives an hour": assertion(exp=NOW + 3600),
    "assertion: exp is text": assertion(exp="9999999999"),
    "assertion: exp is true": assertion(exp=True),
    "assertion: exp is beyond numbers": assertion(exp=1e30),
    "assertion: issued in the future": assertion(iat=NOW + 60, exp=NOW + 120),
    "assertion: not yet": assertion(nbf=NOW + 60),
    "assertion: no jti": assertion(jti=None),
    "assertion: endless jti": assertion(jti="j" * 5000),
    "assertion: another iss": assertion(iss="bank-b-1"),
    "assertion: another sub": assertion(sub="bank-b-1"),
    "assertion: unknown client": assertion(iss="nobody", sub="nobody"),
    "assertion: in another client's name": as_another,
    "assertion: a member twice": member_twice,
    "assertion: replayed": replayed_assertion("one"),
    "assertion: replayed at another worker": replayed_assertion("other"),
    "form: no assertion": lambda h: h.apply({"grant_type": "client_credentials"}),
    "form: client secret": form(client_secret="s"),
    "form: password grant": form(grant_type="password"),
    "form: refresh token": form(grant_type="refresh_token"),
    "form: another kind of assertion": form(client_assertion_type="urn:example:saml2-bearer"),
    "form: another client id": form(client_id="bank-b-1"),
    "form: scope beyond the client's": form(scope="assessments:write"),
    "form: scope of an operator": form(scope="audit:read"),
    "form: unknown scope": form(scope="everything"),
    "form: a parameter twice": twice_in_form,
    "form: as JSON": lambda h: h.one.post(
        "/oauth/token", json=h.bank.form(), headers={"DPoP": h.bank.proof("POST", TOKEN_URL)}
    ),
    "form: basic credentials beside": lambda h: h.apply(headers={"Authorization": "Basic YTpi"}),
    "token proof: none": lambda h: h.one.post("/oauth/token", data=h.bank.form()),
    "token proof: for another method": token_proof(htm="GET"),
    "token proof: for another address": token_proof(htu=f"{ISSUER}/oauth/jwks"),
    "token proof: old": token_proof(iat=NOW - 120),
    "token proof: of the future": token_proof(iat=NOW + 60),
    "token proof: replayed": replayed_token_proof,
    "proof: none": lambda h: h.ask({"Authorization": f"DPoP {h.bank.token(h.one)}"}),
    "proof: empty": proof(proof="."),
    "proof: two": two_headers("DPoP"),
    "proof: replayed": replayed_proof("one"),
    "proof: replayed at another worker": replayed_proof("other"),
    "proof: for another method": proof(htm="POST"),
    "proof: method in lower case": proof(htm="get"),
    "proof: for another path": proof(htu=f"{ISSUER}/v1/assessments"),
    "proof: for another host": proof(htu=f"http://other.example{PATH}"),
    "proof: for another scheme": proof(htu=f"https://testserver{PATH}"),
    "proof: no ath": proof(ath=None),
    "proof: ath of another token": proof_of_another_token,
    "proof: ath empty": proof(ath=""),
    "proof: ath is half a character": proof(ath="\ud800"),
    "proof: old": proof(iat=NOW - 61),
    "proof: of the future": proof(iat=NOW + 60),
    "proof: no iat": proof(iat=None),
    "proof: no jti": proof(jti=None),
    "proof: jti is a list": proof(jti=["a"]),
    "proof: typ JWT": proof_header(typ="JWT"),
    "proof: no typ": proof_header(typ=None),
    "proof: no jwk": proof_header(jwk=None),
    "proof: jwk is a text": proof_header(jwk="x"),
    "proof: private jwk": private_jwk,
    "proof: jwk of another key": foreign_jwk,
    "proof: shared secret as jwk": proof_header(jwk={"kty": "oct", "k": "c2VjcmV0"}),
    "proof: jwk of numbers": proof_header(jwk={"kty": "EC", "crv": "P-256", "x": 1, "y": 2}),
    "proof: jwk on another curve": proof_header(jwk=ECKey.generate_key("P-384").as_dict(private=False)),
    "proof: jwk of 8000 bits": proof_header(alg="PS256", jwk={"kty": "RSA", "n": "w" * 1333, "e": "AQAB"}),
    "proof: jwk of 30000 bits": proof_header(alg="PS256", jwk={"kty": "RSA", "n": "w" * 5000, "e": "AQAB"}),
    "proof: x5c beside jwk": proof_header(x5c=["MIIB"]),
    "proof: crit": proof_header(crit=["ath"]),
    "proof: alg none": proof_header(alg="none"),
    "proof: HS256": proof_header(alg="HS256"),
    "proof: alg of another kind": proof_header(alg="PS256"),
    "proof: jku": proof_header(jku="https://attacker.example/keys"),
    "proof: signed by the client's other key": lambda h: h.ask(
        replace(h.bank, proving=h.bank.key).headers("GET", PATH, h.bank.token(h.one))
    ),
    "token: stolen, with another key's proof": stolen_token,
    "token: alg none": unsigned_access,
    "token: HS256 with the public key": symmetric("access"),
    "token: signed by a stranger": access(key=lambda house: new_signing_key()),
    "token: signed by the client": access(key=lambda house: house.bank.key),
    "token: typ JWT": access({"typ": "JWT"}),
    "token: no typ": access({"typ": None}),
    "token: unknown kid": access({"kid": "x"}),
    "token: another issuer": access(iss="https://other.example"),
    "token: another audience": access(aud="https://other.example"),
    "token: expired": later(301),
    "token: no exp": access(exp=None),
    "token: lives a day": access(exp=NOW + 86_400),
    "token: no binding": access(cnf=None),
    "token: bound to another key": access(cnf={"jkt": "x"}),
    "token: binding is a list": access(cnf=["x"]),
    "token: unknown client": access(client_id="nobody", sub="nobody"),
    "token: client and subject differ": access(sub="bank-b-1"),
    "token: scope widened": lambda h: with_claims(h, scope="assessments:write audit:read"),
    "token: client changed": lambda h: with_claims(h, client_id="bank-b-1", sub="bank-b-1"),
    "token: as a bearer": as_bearer,
    "token: in the query": in_query,
    "token: two": two_headers("Authorization"),
    "token: without the scope": another_route,
    "token: an assertion": lambda h: h.ask(h.bank.headers("GET", PATH, h.bank.assertion())),
    "token: a proof": lambda h: h.ask(h.bank.headers("GET", PATH, h.bank.proof("GET", ISSUER + PATH))),
    "token: kid of the client's key": lambda h: access({"kid": h.bank.key.kid})(h),
    "token: jku": access({"jku": "https://attacker.example/keys"}),
    "token: jwk in the header": access({"jwk": new_key().as_dict(private=False)}, key=lambda house: new_key()),
    "token: issued in the future": access(iat=NOW + 60, exp=NOW + 300),
    "token: not yet": access(nbf=NOW + 60),
    "token: no scope": access(scope=None),
    "token: scope is a list": access(scope=["catalogue:read"]),
    "token: another client's, with one's own proof": lambda h: h.ask(
        h.bank.headers("GET", PATH, h.second.token(h.one))
    ),
    "token: empty": lambda h: h.ask({"Authorization": "DPoP ", "DPoP": h.bank.proof("GET", ISSUER + PATH)}),
    "token: 50 kB": lambda h: h.ask({"Authorization": "DPoP " + "a" * 50_000 + ".b.c", "DPoP": "x"}),
    "token: a demonstration's": lambda h: h.ask({"Authorization": "Bearer lk_" + "a" * 43}),
    **REMOTE_ATTACKS,
}  # fmt: skip


CONTROLS: dict[str, Attack] = {
    "assertion": assertion(),
    "assertion, header": assertion_header(),
    "assertion, two aud of one": assertion(aud=[ISSUER]),
    "assertion, endpoint as aud": assertion(aud=TOKEN_URL),
    "form": form(),
    "form, its own client id": form(client_id="bank-a-1"),
    "form, fewer scopes": form(scope="catalogue:read"),
    "token proof": token_proof(),
    "proof": proof(),
    "proof, header": proof_header(),
    "proof, address with a query": proof(htu=f"{ISSUER}{PATH}?page=1#top"),
    "proof, host in upper case": proof(htu=f"HTTP://TESTSERVER{PATH}"),
    "token": access(),
    "token, header": access({}),
    "token, as issued": lambda house: with_claims(house),
    "token, before it ends": later(299),
    **REMOTE_CONTROLS,
}
"""What each way of attacking sends when nothing is changed: were it refused, its attacks would show nothing."""


@pytest.mark.parametrize("name", CONTROLS)
def test_the_same_request_untampered_is_answered(house: House, name: str) -> None:
    answer = CONTROLS[name](house)

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused(house: House, name: str) -> None:
    answer = ATTACKS[name](house)

    assert answer.status_code in (400, 401, 403), answer.text
    assert "access_token" not in answer.text
    assert house.call().status_code == 200 or house.at != AT


def test_there_are_enough_attacks(house: House, figure: Callable[[str, float], None]) -> None:
    accepted = 0
    for attack in ATTACKS.values():
        house.at = house.bank.at = AT
        accepted += attack(house).status_code < 400
    house.at = house.bank.at = AT

    figure("auth_attacks", len(ATTACKS))
    figure("auth_accepted", accepted)
    assert len(ATTACKS) >= 60
    assert accepted == 0


def test_no_valid_token_changed_in_a_byte_is_accepted(house: House, figure: Callable[[str, float], None]) -> None:
    draw, accepted, tried = Random(7), [], 0
    token = house.bank.token(house.one)
    while tried < (10_000 if DEEP else 300):
        kind = draw.choice(("token", "proof", "assertion"))
        right = {
            "token": token,
            "proof": house.bank.proof("GET", ISSUER + PATH, token),
            "assertion": house.bank.assertion(),
        }[kind]
        wrong = changed(right, draw)
        if wrong == right:
            continue
        tried += 1
        if kind == "assertion":
            answer = house.apply(house.bank.form(client_assertion=wrong))
        elif kind == "proof":
            answer = house.ask({"Authorization": f"DPoP {token}", "DPoP": wrong})
        else:
            answer = house.ask(house.bank.headers("GET", PATH, wrong))
        if answer.status_code < 400:
            accepted.append((kind, right, wrong))

    figure("mutated_tokens", tried)
    figure("mutated_accepted", len(accepted))
    assert accepted == []


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ %~"


def changed(token: str, draw: Random) -> str:
    """Return a token with one letter replaced, added or gone, or two parts changed about."""
    at, how = draw.randrange(len(token)), draw.randrange(4)
    if how == 0:
        return token[:at] + draw.choice(LETTERS) + token[at + 1 :]
    if how == 1:
        return token[:at] + draw.choice(LETTERS) + token[at:]
    if how == 2:
        return token[:at] + token[at + 1 :]
    parts = token.split(".")
    draw.shuffle(parts)
    return ".".join(parts)


def test_a_clock_that_runs_ten_seconds_ahead_is_let_in(house: House) -> None:
    assert assertion(iat=NOW + 10, exp=NOW + 120)(house).status_code == 200
    assert proof(iat=NOW + 10)(house).status_code == 200


def test_a_revoked_client_is_refused_at_once_everywhere(own: House) -> None:
    token = own.bank.token(own.one)
    Clients(own.store).revoke(own.bank.id, at=AT)

    for worker in (own.one, own.other):
        assert own.ask(own.bank.headers("GET", PATH, token), worker=worker).json()["code"] == "token-invalid"
    assert own.apply().json()["error"] == "invalid_client"


def test_replaced_keys_serve_and_the_old_ones_do_not(own: House) -> None:
    renewed = replace(own.bank, key=new_key())
    Clients(own.store).replace_keys(own.bank.id, registration(renewed, "bank-a").keys, at=AT)

    assert own.apply(renewed.form()).status_code == 200
    assert own.apply(own.bank.form()).json()["error"] == "invalid_client"


def test_a_client_bound_to_networks_is_refused_from_elsewhere_whatever_a_header_says(own: House) -> None:
    machine = Machine("netted-1", AT)
    Clients(own.store).register(registration(machine, "bank-c", networks=("203.0.113.0/24",)), at=AT)
    for headers in ({}, {"X-Forwarded-For": "203.0.113.7"}, {"Forwarded": "for=203.0.113.7"}):
        answer = own.apply(machine.form(), headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (403, "unauthorized_client")

    mapped = TestClient(own.one.app, client=("::ffff:203.0.113.7", 50000))
    answer = mapped.post("/oauth/token", data=machine.form(), headers={"DPoP": machine.proof("POST", TOKEN_URL)})
    assert answer.status_code == 200

    inside = TestClient(own.one.app, client=("203.0.113.7", 50000))
    answer = inside.post("/oauth/token", data=machine.form(), headers={"DPoP": machine.proof("POST", TOKEN_URL)})
    token = answer.json()["access_token"]

    assert inside.get(PATH, headers=machine.headers("GET", PATH, token)).status_code == 200
    assert own.ask(machine.headers("GET", PATH, token)).json()["code"] == "address-not-allowed"


def test_a_new_signing_key_verifies_beside_the_last(own: House) -> None:
    token = own.bank.token(own.one)
    signing = rotate_signing_keys(own.settings.signing_key_file)
    arrived: Future[Desks] = Future()
    arrived.set_result(replace(own.desks, signing=signing))
    app = create_app(arrived, clock=lambda: AT, pace=lambda: AT, log=open_log(own.settings.state / "l.log"))
    with TestClient(app) as renewed:
        assert own.ask(own.bank.headers("GET", PATH, token), worker=renewed).status_code == 200
        fresh_token = own.bank.token(renewed)
        assert own.ask(own.bank.headers("GET", PATH, fresh_token), worker=renewed).status_code == 200
    assert len(signing.keys) == 2
    assert own.settings.signing_key_file.stat().st_mode & 0o077 == 0


def test_the_bureaus_machines_may_run_and_audit_and_no_others(own: House) -> None:
    clients, networks = Clients(own.store), ("192.0.2.0/24",)
    for role in (Role.BUREAU, Role.OPERATOR, Role.AUDITOR):
        wanted = registration(
            Machine(f"bureau-{role}", AT), "bureau", role=role, scopes=scopes_of(role), networks=networks
        )
        assert clients.register(wanted, at=AT).kind == role


def test_a_new_signing_key_is_recorded(own: House) -> None:
    rotated = Clients(own.store).rotate_signing_keys(own.settings.signing_key_file, at=AT)

    with own.store.work(at=AT, read_only=True) as work:
        entries = read_entries(work, BUREAU, after=0, most=200)
    assert [one.object_id for one in entries if one.action == "signingkey.replaced"] == [rotated.current.kid]


def test_a_service_with_an_address_of_its_own_believes_no_host_header(own: House) -> None:
    """A relay under another name would else choose the audience it needs."""
    address, relay = "https://lukeping.example", "http://relay.example"
    arrived: Future[Desks] = Future()
    arrived.set_result(own.desks)
    log = open_log(own.settings.state / "l.log")
    app = create_app(arrived, clock=lambda: AT, pace=lambda: AT, log=log, public_url=address)

    def apply(aud: str, *, htu: str) -> int:
        headers = {"Host": "relay.example", "DPoP": own.bank.proof("POST", f"{htu}/oauth/token")}
        return int(
            client.post(
                "/oauth/token", data=own.bank.form(client_assertion=own.bank.assertion(aud=aud)), headers=headers
            ).status_code
        )

    with TestClient(app) as client:
        assert (
            client.get("/.well-known/oauth-authorization-server", headers={"Host": "relay.example"}).json()["issuer"]
            == address
        )
        assert apply(relay, htu=relay) == 401
        assert apply(address, htu=relay) == 400
        assert apply(address, htu=address) == 200


def told(**members: Any) -> str:
    """Return the JWKS of a new key that says so much of itself."""
    return json.dumps({"keys": [new_key().as_dict(private=False) | members]})


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"keys": "{}"}, KeysUnsuitable),
        ({"keys": "["}, KeysUnsuitable),
        ({"keys": json.dumps({"keys": []})}, KeysUnsuitable),
        ({"keys": json.dumps({"keys": [new_key().as_dict(private=True)]})}, KeysUnsuitable),
        ({"keys": json.dumps({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]})}, KeysUnsuitable),
        ({"keys": json.dumps({"keys": [ECKey.generate_key("P-384").as_dict(private=False)]})}, KeysUnsuitable),
        ({"networks": ("203.0.113.1/24",)}, NetworkMalformed),
        ({"networks": ("anywhere",)}, NetworkMalformed),
        ({"scopes": frozenset({Scope.AUDIT_READ, Scope.CATALOGUE_READ}), "role": Role.OPERATOR}, ScopeMissing),
        ({"keys": "[" * 100_000}, KeysUnsuitable),
        ({"keys": told(use="enc")}, KeysUnsuitable),
        ({"keys": told(key_ops=["encrypt"])}, KeysUnsuitable),
        ({"keys": told(alg="ES512")}, KeysUnsuitable),
        ({"keys": told(alg="PS256")}, KeysUnsuitable),
        ({"keys": told(kid="")}, KeysUnsuitable),
        ({"keys": told(kid="\ud800")}, KeysUnsuitable),
        ({"keys": told(kid="k" * 129)}, KeysUnsuitable),
        ({"name": None, "institution": "bank-z"}, InstitutionUnknown),
        ({"role": Role.ENTERPRISE, "scopes": frozenset({Scope.CONSENTS_READ})}, SubjectUnsuitable),
        ({"subject": Identifier("uscc", with_uscc_check_digit("91370303MA3C00000"))}, SubjectUnsuitable),
        ({"institution": "bank-a", "role": Role.BUREAU}, RoleUnsuitable),
        ({"institution": "bank-a", "role": Role.AUDITOR, "scopes": frozenset({Scope.AUDIT_READ})}, RoleUnsuitable),
        ({"id": ""}, ClientIdMalformed),
        ({"id": "a" * 65}, ClientIdMalformed),
        ({"id": "bank a"}, ClientIdMalformed),
        ({"id": "bank-a-1"}, ClientExists),
    ],
)
def test_an_unsuitable_registration_is_refused_and_changes_nothing(house: House, changes: Any, refusal: Any) -> None:
    clients = Clients(house.store)
    before = clients.list_clients(at=AT)

    with pytest.raises(refusal):
        clients.register(registration(Machine("new-1", AT), "bank-c", **changes), at=AT)

    assert clients.list_clients(at=AT) == before


def test_a_client_that_is_not_registered_cannot_be_ended(house: House) -> None:
    for act in (
        lambda: Clients(house.store).revoke("x", at=AT),
        lambda: Clients(house.store).replace_keys("x", registration(Machine("x", AT), "b").keys, at=AT),
    ):
        with pytest.raises(ClientUnknown):
            act()


def test_what_was_seen_is_forgotten_when_it_cannot_be_sent_again(own: House) -> None:
    clients, mark = Clients(own.store), sha256(b"x").hexdigest()

    assert clients.take_once(mark, until=AT + timedelta(seconds=80), at=AT)
    assert not clients.take_once(mark, until=AT + timedelta(seconds=80), at=AT + timedelta(seconds=80))
    assert clients.take_once(mark, until=AT + timedelta(seconds=200), at=AT + timedelta(seconds=81))
