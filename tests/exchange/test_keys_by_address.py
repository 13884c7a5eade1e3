"""Do keys that a client publishes itself serve when they should, and is nothing else believed or called?"""

import datetime as days
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from http_message_signatures import HTTPMessageSigner, algorithms

from api.client_desk import NewClient
from api.http_signature import TAG
from api.target_guard import Target
from api.wiring.clients import Clients, KeysUnsuitable, OneKeySource
from api.wiring.key_fetching import KeyFetcher
from data.spec.access import BUREAU
from data.store.audit_reads import read_entries
from data.store.clients import find_client
from risk.client_keys import KeysUnavailable, read_key_terms
from tests.exchange.bank import TOKEN_URL, Machine, fresh, new_key
from tests.exchange.conftest import FIRMS
from tests.exchange.remote import URI, jwks, register
from tests.exchange.test_http_signature import COVERED, Sent, Signing
from tests.exchange.test_identity import AT, House, make_house, registration

TERMS = read_key_terms(AT.date())


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from make_house(tmp_path)


@pytest.fixture
def remote(house: House) -> Machine:
    return register(house.store, house.publisher, at=AT)


def ask(house: House, machine: Machine, *, seconds: int, worker: Any = None) -> Any:
    """Ask for a token so much after the registration."""
    house.at = machine.at = AT + timedelta(seconds=seconds)
    headers = {"DPoP": machine.proof("POST", TOKEN_URL)}
    return (worker or house.one).post("/oauth/token", data=machine.form(), headers=headers)


def test_a_new_key_serves_at_once_and_for_every_worker_with_one_fetch(house: House, remote: Machine) -> None:
    renewed = replace(remote, key=new_key())
    house.publisher.publish(remote.key, renewed.key)

    first, second = ask(house, renewed, seconds=61), ask(house, renewed, seconds=62, worker=house.other)

    assert (first.status_code, second.status_code) == (200, 200)
    assert ask(house, remote, seconds=63).status_code == 200
    assert len(house.publisher.asked) == 2  # At the registration, and for the new name.


def test_a_key_that_was_taken_down_ends_within_twenty_minutes(house: House, remote: Machine) -> None:
    house.publisher.publish(new_key())

    assert ask(house, remote, seconds=1199).status_code == 200
    refused = ask(house, remote, seconds=1200)

    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert "code" not in refused.json()


def test_unknown_names_make_the_service_call_once_a_minute_at_most(house: House, remote: Machine) -> None:
    stranger = replace(remote, key=new_key())

    for second in range(0, 121, 10):
        assert ask(house, stranger, seconds=second).json()["error"] == "invalid_client"
        assert ask(house, remote, seconds=second).status_code == 200

    assert len(house.publisher.asked) == 3  # At 0 (the registration), 60 and 120 seconds.


def test_a_server_that_is_down_shuts_nobody_out_until_what_it_gave_has_aged(house: House, remote: Machine) -> None:
    stranger = replace(remote, key=new_key())
    house.publisher.down = True

    unknown = ask(house, stranger, seconds=600)
    assert (unknown.status_code, unknown.json()["error"]) == (401, "invalid_client")
    assert ask(house, remote, seconds=1199).status_code == 200
    refused, soon = ask(house, remote, seconds=1200), ask(house, remote, seconds=1230)
    house.publisher.down = False
    waiting, well = ask(house, remote, seconds=1259), ask(house, remote, seconds=1260)

    assert [one.json()["code"] for one in (refused, soon, waiting)] == ["keys-unavailable"] * 3
    assert [one.json()["error"] for one in (refused, soon, waiting)] == ["invalid_client"] * 3
    assert "公钥地址" in refused.json()["error_description"]
    assert URI not in refused.text
    assert well.status_code == 200
    assert len(house.publisher.asked) == 4  # Registered, unknown name, aged, and again a minute later.


def test_who_comes_while_keys_are_fetched_waits_for_them(house: House, remote: Machine) -> None:
    fetching, arrived, calls = threading.Event(), threading.Event(), []

    def slow(uri: str, *, terms: Any) -> str:
        calls.append(uri)
        fetching.set()
        assert arrived.wait(30)
        return jwks(remote.key).decode()

    clients = Clients(house.store, slow)
    client = clients.find_client(remote.id)
    assert client is not None
    later, found = AT + timedelta(hours=1), []
    threads = [
        threading.Thread(target=lambda: found.append(clients.find_keys(client, kid=remote.key.kid, at=later)))
        for _ in range(4)
    ]
    threads[0].start()
    assert fetching.wait(30)
    for one in threads[1:]:
        one.start()
    arrived.set()
    for one in threads:
        one.join(30)

    assert [[key.kid for key in keys.keys] for keys in found] == [[remote.key.kid]] * 4
    assert len(calls) == 1


def test_replaced_keys_are_recorded_and_the_same_keys_are_not(house: House, remote: Machine) -> None:
    def recorded() -> list[str]:
        with house.store.work(at=AT, read_only=True) as work:
            entries = read_entries(work, BUREAU, after=0, most=200)
        return [f"{one.actor} {one.action}" for one in entries if one.object_id == remote.id][1:]

    ask(house, remote, seconds=1200)
    assert recorded() == []
    house.publisher.publish(remote.key, new_key())
    ask(house, remote, seconds=2400)

    assert recorded() == ["jwks_uri keys.replaced"]


def test_a_client_may_go_over_to_an_address_and_back(house: House) -> None:
    clients = Clients(house.store, house.fetch)
    moved = replace(house.bank, key=new_key())
    house.publisher.publish(moved.key)

    there = clients.replace_keys(house.bank.id, jwks_uri=URI, at=AT)
    served, before = ask(house, moved, seconds=1), ask(house, house.bank, seconds=1)
    back = clients.replace_keys(house.bank.id, jwks(house.bank.key).decode(), at=AT)

    assert (there.jwks_uri, there.keys_fetched_at) == (URI, AT)
    assert (back.jwks_uri, back.keys_fetched_at) == (None, None)
    assert (served.status_code, before.status_code) == (200, 401)
    assert ask(house, house.bank, seconds=1300).status_code == 200


LOAN = {
    "enterprise": {"scheme": "uscc", "value": FIRMS[0]}, "loan_no": "L-1", "product": "lukedai", "amount": "1.00",
    "applied_on": "2025-11-20", "disbursed_on": "2025-12-01", "matures_on": "2026-11-30",
}  # fmt: skip


def report(house: House, machine: Machine, token: str, *, signer: Any = None) -> str:
    """Report a loan of a firm that the store does not know, signed or not, and return the code of the refusal."""
    path, body = "/v1/loans", json.dumps(LOAN).encode()
    headers = {
        **machine.headers("POST", path, token), "Idempotency-Key": f"k-{fresh()}", "Content-Type": "application/json",
    }  # fmt: skip
    sent = Sent(url=f"http://testserver{path}", headers=headers, body=body)
    if signer is not None:
        HTTPMessageSigner(signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=Signing(signer)).sign(
            sent, key_id=signer.kid, created=days.datetime.now(days.UTC), tag=TAG,
            covered_component_ids=COVERED, body=body,
        )  # fmt: skip
    return str(house.one.post(path, content=body, headers=sent.headers).json()["code"])


def test_a_report_is_signed_by_the_keys_at_the_address(house: House, remote: Machine) -> None:
    renewed = new_key()
    house.at = remote.at = AT + timedelta(seconds=1195)
    token = remote.token(house.one)
    house.publisher.publish(remote.key, renewed)

    assert report(house, remote, token, signer=renewed) == "enterprise-unknown"
    assert report(house, remote, token, signer=new_key()) == "signature-invalid"
    assert len(house.publisher.asked) == 2


def test_only_a_signed_report_needs_the_keys(house: House, remote: Machine) -> None:
    house.at = remote.at = AT + timedelta(seconds=1195)
    token = remote.token(house.one)
    house.publisher.down, house.at, remote.at = True, AT + timedelta(seconds=1200), AT + timedelta(seconds=1200)

    assert report(house, remote, token) == "enterprise-unknown"
    assert len(house.publisher.asked) == 1
    assert report(house, remote, token, signer=remote.key) == "keys-unavailable"


def wanted(**changes: Any) -> NewClient:
    return registration(Machine("new-1", AT), "bank-c", **({"keys": None, "jwks_uri": URI} | changes))


@pytest.mark.parametrize(
    ("server", "changes", "refusal"),
    [
        ({}, {"keys": jwks(new_key()).decode()}, OneKeySource),
        ({}, {"jwks_uri": None}, OneKeySource),
        ({}, {"jwks_uri": URI.replace("https", "http")}, KeysUnavailable),
        ({}, {"jwks_uri": "http://127.0.0.1:8000/jwks"}, KeysUnavailable),
        ({}, {"jwks_uri": "https://127.0.0.1/jwks"}, KeysUnavailable),
        ({}, {"jwks_uri": "file:///etc/keys.json"}, KeysUnavailable),
        ({}, {"jwks_uri": "https://user:word@keys.bank.example/"}, KeysUnavailable),
        ({}, {"jwks_uri": "https://keys.bank.example/\x00"}, KeysUnavailable),
        ({"addresses": ["10.0.0.1"]}, {}, KeysUnavailable),
        ({"status": 301, "headers": {"Location": URI}}, {}, KeysUnavailable),
        ({"down": True}, {}, KeysUnavailable),
        ({"body": b" " * 65_537}, {}, KeysUnavailable),
        ({"body": b"\x1f\x8b\x08\x00", "headers": {"Content-Encoding": "gzip"}}, {}, KeysUnavailable),
        ({"body": b"{}"}, {}, KeysUnsuitable),
        ({"body": json.dumps({"keys": [new_key().as_dict(private=True)]}).encode()}, {}, KeysUnsuitable),
    ],
)
def test_an_address_that_gives_no_keys_is_not_registered(
    house: House, server: dict[str, Any], changes: dict[str, Any], refusal: type[Exception]
) -> None:
    house.publisher.publish(new_key())
    for name, value in server.items():
        setattr(house.publisher, name, value)
    clients = Clients(house.store, house.fetch)
    before = clients.list_clients(at=AT)

    with pytest.raises(refusal):
        clients.register(wanted(**changes), at=AT)
    with pytest.raises(refusal):
        clients.replace_keys(house.bank.id, wanted(**changes).keys, jwks_uri=wanted(**changes).jwks_uri, at=AT)

    assert clients.list_clients(at=AT) == before


def test_keys_fetched_for_a_client_that_was_changed_meanwhile_are_thrown_away(house: House, remote: Machine) -> None:
    handed = jwks(new_key()).decode()

    def overtaken(uri: str, *, terms: Any) -> str:
        Clients(house.store).replace_keys(remote.id, handed, at=AT)
        return jwks(new_key()).decode()

    clients = Clients(house.store, overtaken)
    client = clients.find_client(remote.id)
    assert client is not None
    clients.find_keys(client, kid="unknown", at=AT + timedelta(hours=1))

    with house.store.work(at=AT, read_only=True) as work:
        kept = find_client(work, remote.id)
    assert kept is not None
    assert (kept.keys, kept.jwks_uri) == (handed, None)


# From here on a real server with a certificate of its own: what the network does, nothing stands in for.


class Authority:
    """Sign a certificate for one name, and say who trusts it."""

    def __init__(self, folder: Path, name: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = days.datetime.now(days.UTC)
        certificate = (
            x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.file = folder / "server.pem"
        self.file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )

    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.file))


@contextmanager
def serving(authority: Authority, answer: Callable[[ssl.SSLSocket], None]) -> Iterator[int]:
    """Answer every connection as told, on a port of this machine."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.file)
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                plain, _ = listening.accept()
                with context.wrap_socket(plain, server_side=True) as connection:
                    connection.recv(10_000)
                    answer(connection)
            except OSError:
                continue  # A caller who hangs up is what several of these tests are about.

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        ended.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(30)


def said(body: bytes, *, status: str = "200 OK", header: str = "") -> Callable[[ssl.SSLSocket], None]:
    head = f"HTTP/1.1 {status}\r\nConnection: close\r\n{header}\r\n"
    return lambda connection: connection.sendall(head.encode() + body)


def dripping(connection: ssl.SSLSocket) -> None:
    """Give a header's bytes one by one: no single step ever takes long."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(600):
        connection.sendall(b"a: b\r\n")
        time.sleep(0.05)


def fetched(folder: Path, answer: Callable[[ssl.SSLSocket], None], *, name: str = "keys.bank.example") -> str:
    """Fetch from a real server whose certificate is for the name."""
    authority = Authority(folder, name)
    with serving(authority, answer) as port:
        fetch = KeyFetcher(transport=httpx2.AsyncHTTPTransport(verify=authority.trusted()))
        target = Target(host="keys.bank.example", port=port, ip="127.0.0.1", path="/jwks")
        return fetch.read(target, terms=replace(TERMS, fetch_seconds=2))


def test_a_real_server_is_called_by_its_address_and_known_by_its_name(tmp_path: Path) -> None:
    body = jwks(new_key())

    assert fetched(tmp_path, said(body)).encode() == body
    with pytest.raises(KeysUnavailable):
        fetched(tmp_path, said(body), name="another.example")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (said(b"", status="302 Found", header="Location: https://127.0.0.1/\r\n"), "302"),
        (said(b" " * 1_000_000), "超过 65536 字节"),
        (dripping, "2 秒内"),
        (said(b"ab", header="Content-Length: 10\r\n"), "无法连接"),
        (lambda connection: connection.sendall(b"\x00" * 100), "无法连接"),
        (lambda connection: None, "无法连接"),
    ],
    ids=["redirect", "a megabyte", "dripping", "cut short", "no HTTP", "hangs up"],
)
def test_whatever_a_real_server_does_is_a_refusal(
    tmp_path: Path, answer: Callable[[ssl.SSLSocket], None], why: str
) -> None:
    with pytest.raises(KeysUnavailable, match=why):
        fetched(tmp_path, answer)


def test_the_terms_are_those_of_the_profile() -> None:
    assert (TERMS.believed, TERMS.again) == (timedelta(minutes=20), timedelta(minutes=1))
    assert TERMS.most_bytes == 64 * 1024
