"""Does every event reach its receiver, at least once and in order, signed, and never a place inside the house?"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from api.secret import webhook_secret
from api.target_guard import TargetRefused, check_target
from api.wiring.sending import Sender, message
from api.wiring.webhooks import StoreWebhookVisit
from data.spec.audit import Action, AuditEvent
from data.spec.events import EventType, ExchangeEvent
from data.store import Store
from data.store.announced import Announced, read_announced
from data.store.webhooks import Webhook, find_webhook, list_deliveries, write_webhook
from risk import delivering
from risk.delivering import Sent, deliver_due, delivery_terms, wait_seconds
from risk.permissions import Role
from tests.exchange.conftest import FIRMS, NAMES, World, make_world

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
SECRET = b"s" * 32
WELL = Sent(status=200, failure=None, milliseconds=5)


def hook(**changes: Any) -> Webhook:
    given = {
        "id": "w-1", "tenant": "bank-a", "url": "https://bank.example/hook", "types": frozenset(), "generation": 1,
        "state": "active", "position": 0, "failing_since": None, "failures": 0, "next_at": AT, "version": 1,
        "created_at": AT,
    }  # fmt: skip
    return Webhook(**(given | changes))


def announced(seq: int = 1) -> Announced:
    return Announced(id=f"msg_{seq}", seq=seq, type="consent.revoked", object_id="c-1", at=AT)


INSIDE = (
    "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.1.2.3", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a00:1", "fc00::1", "fd00::1", "fe80::1", "fe80::1%eth0", "ff02::1", "2001:db8::1", "2002:7f00:1::",
    "2001::1", "100::1", "not an address",
)  # fmt: skip
WRONG = (
    "http://bank.example/", "ftp://bank.example/", "file:///etc/passwd", "gopher://bank.example/", "//bank.example/",
    "bank.example", "https://", "https:///x", "https://user@bank.example/", "https://user:pw@bank.example/",
    "https://bank.example/#x", "https://bank.example\\@127.0.0.1/", "https://bank.example/ x", "https://bank.example:99999/",
    "https://2130706433/", "https://0x7f000001/", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1:8443/x",
    "https://bänk.example/", "https://" + "a" * 500 + ".example/", "http://127.0.0.1:8000/", "http://localhost/",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(TargetRefused):
        check_target("https://bank.example/hook", resolve=lambda host, port: [address])
    with pytest.raises(TargetRefused):
        check_target("https://bank.example/hook", resolve=lambda host, port: ["93.184.215.14", address])


@pytest.mark.parametrize("url", WRONG)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(TargetRefused):
        check_target(url, resolve=lambda host, port: ["93.184.215.14"])


def test_a_global_address_is_taken_and_a_demonstration_may_send_to_itself() -> None:
    found = check_target("https://bank.example:8443/a?b=c", resolve=lambda host, port: ["93.184.215.14"])
    here = check_target("http://127.0.0.1:9/x", resolve=lambda host, port: [], local=True)

    assert (found.ip, found.port, found.path) == ("93.184.215.14", 8443, "/a?b=c")
    assert here.ip == "127.0.0.1"
    with pytest.raises(TargetRefused):
        check_target("http://10.0.0.1/x", resolve=lambda host, port: [], local=True)


def test_the_very_address_that_was_looked_at_is_called_once_and_no_redirect_followed() -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    called: list[httpx2.Request] = []

    def receive(request: httpx2.Request) -> httpx2.Response:
        called.append(request)
        return httpx2.Response(302, headers={"Location": "http://127.0.0.1/"}, stream=httpx2.ByteStream(b""))

    sender = Sender(
        SECRET, resolve=lambda host, port: next(answers), local=False, transport=httpx2.MockTransport(receive)
    )

    first, second = (sender(hook(), announced(), at=AT) for _ in range(2))

    assert (first.status, second.failure) == (302, "target-refused")
    assert [(str(one.url), one.headers["host"]) for one in called] == [("https://93.184.215.14/hook", "bank.example")]
    assert called[0].extensions["sni_hostname"] == "bank.example"


@pytest.mark.parametrize("fault", [httpx2.ConnectError("x"), httpx2.ReadTimeout("x"), httpx2.RemoteProtocolError("x")])
def test_a_receiver_that_fails_is_a_finding_never_a_fault(fault: Exception) -> None:
    def receive(request: httpx2.Request) -> httpx2.Response:
        raise fault

    sender = Sender(SECRET, resolve=lambda *_: ["93.184.215.14"], local=False, transport=httpx2.MockTransport(receive))

    assert sender(hook(), announced(), at=AT).failure in ("timeout", "unreachable")


class Dripping(httpx2.AsyncByteStream):
    """Give one byte after the other and never end; `stopped` is set when the reader has gone."""

    def __init__(self) -> None:
        self.stopped = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while True:
                await asyncio.sleep(0.01)
                yield b"."
        finally:
            self.stopped = True


def test_a_receiver_that_drips_its_answer_is_left_when_its_time_is_over() -> None:
    dripping = Dripping()
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, stream=dripping))
    sender = Sender(SECRET, resolve=lambda *_: ["93.184.215.14"], local=False, transport=transport, seconds=0.05)

    sent = sender(hook(), announced(), at=AT)

    assert (sent.failure, sent.taken, dripping.stopped) == ("timeout", False, True)


def test_both_keys_verify_during_a_rotation_and_a_third_does_not() -> None:
    now = datetime.now(UTC)
    headers, body = message(hook(generation=3), announced(), secret=SECRET, at=now.astimezone())

    for generation in (3, 2):
        said = Verifier(webhook_secret(SECRET, "w-1", generation)).verify(body, headers)
        assert said["data"] == {"id": "msg_1", "object": "c-1", "seq": 1}
    for other in (webhook_secret(SECRET, "w-1", 1), webhook_secret(SECRET, "w-2", 3)):
        with pytest.raises(WebhookVerificationError):
            Verifier(other).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(webhook_secret(SECRET, "w-1", 3)).verify(body + b" ", headers)
    assert set(json.loads(body)) == {"type", "timestamp", "data"}


class World1:
    """Be a store with one receiver, a clock, and a receiver that fails as it likes."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.store = Store.create(f"sqlite:///{folder / f's{seed}.db'}", at=AT)
        self.draw, self.at = Random(seed), AT
        self.received: list[tuple[str, int]] = []
        self.down_until = AT
        with self.store.work(at=AT) as work:
            told = AuditEvent(tenant="bank-a", actor="t", action=Action.WEBHOOK_ADDED, object_id="w-1", at=AT)
            write_webhook(work, hook(), audit=told)
            work.commit()

    def announce(self, count: int) -> None:
        with self.store.work(at=self.at) as work:
            for _ in range(count):
                work.announce(ExchangeEvent(tenant="bank-a", type=EventType.CONSENT_REVOKED, object_id="c", at=self.at))
            work.commit()

    def send(self, webhook: Webhook, event: Announced, *, at: datetime) -> Sent:
        if at < self.down_until or self.draw.random() < 0.2:
            return Sent(status=self.draw.choice([500, 503, 404, None]), failure=None, milliseconds=1)
        self.received.append((event.id, event.seq))
        if self.draw.random() < 0.1:  # It took the event, and its answer was lost.
            return Sent(status=None, failure="timeout", milliseconds=1)
        return WELL

    def step(self, deliver: Callable[..., int] = deliver_due) -> None:
        deliver(lambda at: self.store.work(at=at), self.send, at=self.at, chance=self.draw.random)

    def run(self, hours: float, deliver: Callable[..., int] = deliver_due) -> None:
        until = self.at + timedelta(hours=hours)
        while self.at < until:
            self.step(deliver)
            self.at += timedelta(minutes=self.draw.choice([1, 7, 30]))


def simulate(folder: Path, seed: int, deliver: Callable[..., int] = deliver_due) -> World1:
    """Let three days pass: events come, the receiver is down for a day, flaps, and comes back."""
    world = World1(folder, seed)
    for _ in range(4):
        world.announce(world.draw.randint(1, 6))
        world.run(2, deliver)
    world.down_until = world.at + timedelta(hours=24)
    world.announce(5)
    world.run(26, deliver)
    world.announce(3)
    world.run(16, deliver)
    return world


def faults_of(world: World1) -> list[str]:
    """Return what is wrong with what was received: a gap, or a later event before an earlier one's first time."""
    with world.store.work(at=world.at, read_only=True) as work:
        told = read_announced(work, tenant="bank-a", after=0, limit=1000)
    first = list(dict.fromkeys(world.received))
    wrong = ["missing"] if {one.id for one in told} - {id for id, _ in first} else []
    return wrong + (["order"] if [seq for _, seq in first] != sorted(seq for _, seq in first) else [])


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_receiver_does_every_event_arrives_in_order(tmp_path: Path, seed: int) -> None:
    world = simulate(tmp_path, seed)

    assert faults_of(world) == []
    with world.store.work(at=world.at, read_only=True) as work:
        assert find_webhook(work, "w-1", tenant="bank-a").state == "active"  # type: ignore[union-attr] # it is there


def test_an_answer_that_was_lost_brings_the_event_again_under_the_same_id(tmp_path: Path) -> None:
    worlds = [simulate(tmp_path, seed) for seed in range(3)]

    assert sum(len(world.received) - len(set(world.received)) for world in worlds) > 0


def test_a_seed_gives_the_same_days_again(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()

    assert simulate(tmp_path / "a", 3).received == simulate(tmp_path / "b", 3).received


def planted(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Plant a fault in the step."""
    right = delivering._after

    def mark_before(webhook: Any, event: Any, sent: Sent, at: Any, chance: Any) -> Any:
        return right(webhook, event, WELL, at, chance)

    def skip_on_refusal(webhook: Any, event: Any, sent: Sent, at: Any, chance: Any) -> Any:
        after = right(webhook, event, sent, at, chance)
        return replace(after, position=event.seq) if sent.status == 500 else after

    def give_up_soon(webhook: Any, event: Any, sent: Sent, at: Any, chance: Any) -> Any:
        after = right(webhook, event, sent, at, chance)
        return replace(after, state="disabled") if after.failures > 6 else after

    faults = {"mark before": mark_before, "skip on 500": skip_on_refusal, "give up soon": give_up_soon}
    monkeypatch.setattr(delivering, "_after", faults[name])


@pytest.mark.parametrize("name", ["mark before", "skip on 500", "give up soon"])
def test_a_planted_fault_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    planted(monkeypatch, name)

    assert any(faults_of(simulate(tmp_path, seed)) for seed in range(4))


def test_a_crash_between_sending_and_marking_sends_the_same_id_again(tmp_path: Path) -> None:
    world = World1(tmp_path, 1)
    world.announce(3)
    crashed = iter([True, False])
    right = world.store.work

    def open_work(at: datetime) -> Any:
        if world.received and next(crashed, False):
            raise ZeroDivisionError
        return right(at=at)

    for _ in range(40):
        with suppress(ZeroDivisionError):
            deliver_due(open_work, world.send, at=world.at, chance=world.draw.random)
        world.at += timedelta(hours=1)

    assert faults_of(world) == []
    assert len(world.received) > 3


def changed_meanwhile(world: World1, sent: Sent, change: Callable[[Any], object]) -> Webhook | None:
    """Let the owner change the receiver while a sending is on its way, and return what it then is."""

    def send(webhook: Webhook, event: Announced, *, at: datetime) -> Sent:
        world.received.append((event.id, event.seq))
        with world.store.work(at=at) as work:
            change(StoreWebhookVisit(work, local=False))
            work.commit()
        return sent

    deliver_due(lambda at: world.store.work(at=at), send, at=world.at, chance=world.draw.random)
    with world.store.work(at=world.at, read_only=True) as work:
        return find_webhook(work, "w-1", tenant="bank-a")


@pytest.mark.parametrize("sent", [WELL, Sent(status=500, failure=None, milliseconds=1)], ids=["taken", "not taken"])
def test_what_its_owner_said_meanwhile_stays(tmp_path: Path, sent: Sent) -> None:
    world = World1(tmp_path, 1)
    world.announce(3)

    def rotate_and_pause(visit: StoreWebhookVisit) -> None:
        visit.rotate("w-1", tenant="bank-a")
        visit.change("w-1", tenant="bank-a", url=None, types=None, active=False, at=world.at)

    found = changed_meanwhile(world, sent, rotate_and_pause)

    assert found is not None
    assert (found.state, found.generation, found.version, found.failures) == ("paused", 2, 3, 0)
    assert found.position == (1 if sent.taken else 0)
    assert len(world.received) == 1


def test_a_receiver_ended_meanwhile_stays_ended(tmp_path: Path) -> None:
    world = World1(tmp_path, 1)
    world.announce(3)

    assert changed_meanwhile(world, WELL, lambda visit: visit.remove("w-1", tenant="bank-a")) is None
    assert len(world.received) == 1


def test_a_slow_receivers_turn_ends_and_goes_on_in_the_next_round(tmp_path: Path) -> None:
    world = World1(tmp_path, 1)
    world.announce(5)

    def send(webhook: Webhook, event: Announced, *, at: datetime) -> Sent:
        world.received.append((event.id, event.seq))
        return Sent(status=200, failure=None, milliseconds=6_000)

    rounds = [
        deliver_due(lambda at: world.store.work(at=at), send, at=world.at, chance=world.draw.random) for _ in range(3)
    ]

    assert rounds == [2, 2, 1]
    assert faults_of(world) == []


def test_a_receiver_that_is_gone_or_silent_for_days_is_disabled_and_that_is_told(tmp_path: Path) -> None:
    for seed, answer in (
        (1, Sent(status=410, failure=None, milliseconds=1)),
        (2, Sent(status=None, failure="timeout", milliseconds=1)),
    ):
        world = World1(tmp_path, seed)
        world.announce(1)
        world.send = lambda *_, answer=answer, **__: answer  # type: ignore[method-assign] # as told
        world.run(24 * 4)

        with world.store.work(at=world.at, read_only=True) as work:
            found = find_webhook(work, "w-1", tenant="bank-a")
            told = [one.type for one in read_announced(work, tenant="bank-a", after=0, limit=9)]
            log = list_deliveries(work, "w-1", tenant="bank-a", limit=200)
        assert found is not None
        assert found.state == "disabled"
        assert told == ["consent.revoked", "webhook.disabled"]
        assert len(log) == (1 if seed == 1 else found.failures)


def test_waiting_doubles_up_to_the_most_and_half_of_it_is_chance() -> None:
    terms = delivery_terms(AT)

    for failures in range(40):
        shortest, longest = (wait_seconds(failures, chance, terms) for chance in (0.0, 1.0))
        assert longest == min(terms["first_seconds"] * 2**failures, terms["most_seconds"])
        assert shortest == longest / 2


@pytest.fixture
def house(tmp_path: Any) -> Iterator[World]:
    yield from make_world(tmp_path)


def test_a_bank_adds_rotates_pauses_and_ends_a_receiver(house: World) -> None:
    def call(method: str, path: str, seen: int | None = None, **sent: Any) -> Any:
        headers = house.headers(Role.BANK, "a") | ({} if seen is None else {"If-Match": f'"{seen}"'})
        return house.client.request(method, path, headers=headers, **sent)

    body = {"url": "http://127.0.0.1:9/x", "types": ["assessment.made"]}
    made = call("POST", "/v1/webhooks", json=body).json()
    headers = house.headers(Role.BANK, "a") | {"Idempotency-Key": "twice"}
    rotated, again = (house.client.post(f"/v1/webhooks/{made['id']}/keys", headers=headers).json() for _ in range(2))
    paused = call("PATCH", f"/v1/webhooks/{made['id']}", 2, json={"active": False}).json()
    inside = call("PATCH", f"/v1/webhooks/{made['id']}", 3, json={"url": "https://10.0.0.1/"})
    strange = [
        call("PATCH", f"/v1/webhooks/{made['id']}", 3, json={"types": ["consent.revokd"]}),
        call("POST", "/v1/webhooks", json={**body, "types": ["consent.revoked", "consent.revokd"]}),
    ]
    ended = call("DELETE", f"/v1/webhooks/{made['id']}", 3)

    assert made["secret"] != rotated["secret"]
    assert again == rotated
    assert (paused["state"], paused["version"]) == ("paused", 3)
    assert (inside.status_code, inside.json()["code"]) == (422, "target-refused")
    assert [(one.status_code, one.json()["code"]) for one in strange] == [(422, "event-type-unknown")] * 2
    assert all("consent.expired" in one.json()["detail"] and "revokd" not in one.text for one in strange)
    assert ended.status_code == 204
    assert call("GET", f"/v1/webhooks/{made['id']}").status_code == 404
    kept = b"".join(path.read_bytes() for path in house.settings.state.rglob("*.db*"))
    assert made["secret"].encode() not in kept
    assert not any(name in str(made) for name in (*FIRMS, *NAMES))
