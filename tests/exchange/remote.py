"""A bank's machine that publishes its keys at an address of its own, and what may go wrong or be attempted there."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import httpx2
from joserfc.jwk import Key

from api.client_desk import NewClient
from api.wiring.clients import Clients
from api.wiring.key_fetching import KeyFetcher
from data.store import Store
from risk.permissions import Role, Scope
from tests.exchange.bank import TOKEN_URL, Machine, new_key, signed

NAME = "keys.bank.example"
URI = f"https://{NAME}/jwks.json"
OUTSIDE = "93.184.215.14"
_NUMBERS = count(1)


def jwks(*keys: Key) -> bytes:
    """Return a key set of public keys."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


@dataclass
class Publisher:
    """Be the bank's own server as the network shows it: addresses, answer, and what it was asked for."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=lambda: [OUTSIDE])
    down: bool = False
    asked: list[str] = field(default_factory=list)

    def fetcher(self) -> KeyFetcher:
        """Return what fetches from this server."""
        return KeyFetcher(resolve=lambda host, port: self.addresses, transport=httpx2.MockTransport(self._answer))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(str(request.url))
        if self.down:
            raise httpx2.ConnectError("down")
        return httpx2.Response(self.status, content=self._parts(), headers=self.headers)

    async def _parts(self) -> Any:
        yield self.body

    def publish(self, *keys: Key) -> None:
        """Let these keys stand at the address."""
        self.body = jwks(*keys)


def register(store: Store, publisher: Publisher, *, at: Any) -> Machine:
    """Register a new client whose key stands at the publisher's address."""
    machine = Machine(f"remote-{next(_NUMBERS)}", at)
    publisher.publish(machine.key)
    wanted = NewClient(
        id=machine.id,
        institution="bank-r",
        name="远程银行（演示）",
        role=Role.BANK,
        scopes=frozenset({Scope.CATALOGUE_READ, Scope.LOANS_WRITE}),
        jwks_uri=URI,
    )
    Clients(store, publisher.fetcher()).register(wanted, at=at)
    return machine


Change = Callable[[Publisher, Machine], None]
DAY = 86_400


def remote(change: Change, *, seconds: int = 1200, key: Callable[[Machine], Key] | None = None) -> Any:
    """Register at peace, change the bank's server, and ask for a token so much later, signed as told."""

    def attack(house: Any) -> Any:
        publisher = house.publisher = Publisher()
        machine = register(house.store, publisher, at=house.at)
        change(publisher, machine)
        began = house.at
        house.at = machine.at = began + timedelta(seconds=seconds)
        signing = machine.key if key is None else key(machine)
        assertion = signed({"alg": "ES256", "kid": signing.kid}, machine.claims(), signing)
        try:
            return house.apply(machine.form(client_assertion=assertion), proof=machine.proof("POST", TOKEN_URL))
        finally:
            house.at = began

    return attack


def answering(**changes: Any) -> Change:
    """Let the server answer with something else."""

    def change(publisher: Publisher, machine: Machine) -> None:
        for name, value in changes.items():
            setattr(publisher, name, value(machine) if callable(value) else value)

    return change


def _private(machine: Machine) -> bytes:
    return json.dumps({"keys": [machine.key.as_dict(private=True)]}).encode()


def _padded(machine: Machine) -> bytes:
    return jwks(machine.key) + b" " * 65_536


def _nothing(publisher: Publisher, machine: Machine) -> None:
    return None


def _another(publisher: Publisher, machine: Machine) -> None:
    publisher.publish(new_key())


def _stolen(machine: Machine) -> Key:
    """Return another's key, as an attacker would name it: by the name of the client's own."""
    return type(machine.key).import_key({**new_key().as_dict(private=True), "kid": machine.key.kid})


REMOTE_ATTACKS: dict[str, Any] = {
    "keys at an address: taken down, after twenty minutes": remote(_another),
    "keys at an address: signed by another, under the right kid": remote(_nothing, key=_stolen),
    "keys at an address: signed by a key that never stood there": remote(_nothing, key=lambda _: new_key()),
    "keys at an address: unknown kid within a minute": remote(_another, seconds=59, key=lambda _: new_key()),
    "keys at an address: the server is down": remote(answering(down=True)),
    "keys at an address: a redirect": remote(answering(status=302, headers={"Location": URI})),
    "keys at an address: a redirect that carries keys": remote(answering(status=307, headers={"Location": URI})),
    "keys at an address: not found, with keys": remote(answering(status=404)),
    "keys at an address: the name leads to this machine": remote(answering(addresses=["127.0.0.1"])),
    "keys at an address: the name leads inside": remote(answering(addresses=["10.0.0.8"])),
    "keys at an address: one of two addresses is inside": remote(answering(addresses=[OUTSIDE, "169.254.169.254"])),
    "keys at an address: inside, through a translation": remote(answering(addresses=["64:ff9b::a00:8"])),
    "keys at an address: the name is gone": remote(answering(addresses=[])),
    "keys at an address: over 64 KiB": remote(answering(body=_padded)),
    "keys at an address: no JSON": remote(answering(body=b"<html>")),
    "keys at an address: no text": remote(answering(body=b"\xff\xfe")),
    "keys at an address: no key set": remote(answering(body=b'{"keys": {}}')),
    "keys at an address: no key": remote(answering(body=b'{"keys": []}')),
    "keys at an address: a private key": remote(answering(body=_private)),
    "keys at an address: a shared secret": remote(answering(body=b'{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}')),
    "keys at an address: endless brackets": remote(answering(body=b"[" * 60_000)),
}
"""Each is refused; the same request to a server as it was at the registration is not (REMOTE_CONTROLS)."""

REMOTE_CONTROLS: dict[str, Any] = {
    "keys at an address": remote(_nothing, seconds=0),
    "keys at an address, fetched anew": remote(_nothing),
    "keys at an address, a day later": remote(_nothing, seconds=DAY),
    "keys at an address, the server down for less than twenty minutes": remote(answering(down=True), seconds=1199),
    "keys at an address, padded to the limit": remote(answering(body=lambda machine: jwks(machine.key).ljust(65_536))),
}
