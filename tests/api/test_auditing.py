"""Is the audit log anchored in files, shown to whom it belongs, and every fault in it told?"""

import json
import random
import stat
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from api.audit_desk import ChainUnknown
from api.checkpointing import Checkpointing
from api.clock import SHANGHAI
from api.desks import Desks, Institution
from api.log import open_log
from api.settings import Settings
from api.wiring.auditing import Auditing
from api.wiring.desks import desks_of
from api.wiring.opening import _issue
from api.wiring.stores import create_store, open_store
from data.spec.audit import Action, AuditEvent
from data.spec.checkpoints import CheckpointInvalid, key_text
from data.spec.progress import Silent
from data.spec.signatures import Ed25519Signer
from data.store import Store
from data.store.orm import AUDIT_EVENT
from tests.data.tampering import Tamperer, unguard

TODAY = date(2026, 1, 1)
NOW = datetime(2026, 1, 1, 9, 30, tzinfo=SHANGHAI)
INSTITUTIONS = [
    Institution(code="bureau", name="科技局（演示）", kind="bureau"),
    Institution(code="bank-a", name="甲银行（演示）", kind="bank"),
    Institution(code="bank-b", name="乙银行（演示）", kind="bank"),
    Institution(code="auditor", name="审计方（演示）", kind="auditor"),
]


@pytest.fixture(params=["sha256", "sm3"])
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    return Settings(state=tmp_path / "state", digest=request.param)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    settings.state.mkdir()
    store = create_store(settings, at=NOW, demonstration_today=TODAY)
    yield store
    store.close()


@pytest.fixture
def tokens(store: Store) -> dict[str, str]:
    return {issued.institution.code: issued.token for issued in _issue(store, INSTITUTIONS, at=NOW)}


@pytest.fixture
def auditing(store: Store, settings: Settings, tokens: dict[str, str]) -> Auditing:
    return Auditing(store, settings)


@pytest.fixture
def client(store: Store, settings: Settings, tmp_path: Path) -> Iterator[TestClient]:
    desks: Future[Desks] = Future()
    desks.set_result(desks_of(store, settings))
    with TestClient(create_app(desks, clock=lambda: NOW, log=open_log(tmp_path / "l.log"))) as client:
        yield client


def read(store: Store, tenant: str, *, times: int = 3) -> None:
    """Let an institution read assessments."""
    with store.work(at=NOW) as work:
        for number in range(times):
            work.record(
                AuditEvent(tenant=tenant, actor=tenant, action=Action.ASSESSMENT_READ, object_id=f"a-{number}", at=NOW)
            )
        work.commit()


def verified(auditing: Auditing, **options: Any) -> tuple[str | None, int | None, str | None]:
    given: dict[str, Any] = {"checkpoint": None, "tenant": None, "key": None, "progress": Silent()}
    found = auditing.verify(**(given | options))
    return found.tenant, found.seq, found.message


def rewrite(store: Store, tenant: str = "bank-a") -> None:
    """Write a chain anew with every hash right, as who rules the database can."""
    with store.work(at=NOW) as work:
        unguard(work.connection)
        tamperer = Tamperer(work.connection, random.Random(1))
        tamperer._tenant = lambda: tenant  # type: ignore[method-assign]
        tamperer.rewrite()
        work.connection.commit()


def test_the_log_is_written_by_the_digest_that_is_set(store: Store, settings: Settings, tokens: dict[str, str]) -> None:
    with store.work(at=NOW, read_only=True) as work:
        assert set(work.connection.scalars(select(AUDIT_EVENT.c.alg))) == {settings.digest}


def test_a_checkpoint_is_two_files_that_only_their_owner_reads(
    auditing: Auditing, store: Store, settings: Settings
) -> None:
    read(store, "bank-a")

    taken = auditing.take(at=NOW)

    files = sorted(path.name for path in settings.checkpoints.iterdir())
    assert files == ["000001.checkpoint", "000001.heads"]
    assert taken.path.name == "000001.checkpoint"
    assert f"digest {settings.digest}" in taken.path.read_text()
    kept = [*settings.checkpoints.iterdir(), *settings.audit_keys.iterdir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (settings.checkpoints, settings.audit_keys)} == {0o700}


def test_a_checkpoint_never_takes_a_name_that_was_given(auditing: Auditing, settings: Settings) -> None:
    auditing.take(at=NOW)
    kept = {path: path.read_bytes() for path in settings.checkpoints.iterdir()}
    (settings.checkpoints / "000002.heads").write_text("begun by another")

    taken = auditing.take(at=NOW + timedelta(minutes=10))

    assert taken.path.name == "000003.checkpoint"
    assert all(path.read_bytes() == content for path, content in kept.items())


def test_a_checkpoint_is_taken_again_only_where_the_log_grew(auditing: Auditing, store: Store) -> None:
    assert auditing.take_if_grown(at=NOW) is not None
    assert auditing.take_if_grown(at=NOW) is None
    read(store, "bank-a")
    assert auditing.take_if_grown(at=NOW) is not None


def test_a_rewritten_chain_is_found_by_the_checkpoints_in_the_state_folder(auditing: Auditing, store: Store) -> None:
    read(store, "bank-a")
    assert verified(auditing) == (None, None, None)
    auditing.take(at=NOW)
    read(store, "bank-a")
    assert verified(auditing) == (None, None, None)

    rewrite(store)

    tenant, seq, message = verified(auditing)
    assert (tenant, seq) == ("bank-a", 3)
    assert "检查点 000001.checkpoint" in str(message)
    assert verified(auditing, tenant="bank-b") == (None, None, None)


def test_what_a_bank_kept_of_the_exchange_finds_a_rewritten_chain_when_the_files_are_gone(
    auditing: Auditing, client: TestClient, store: Store, settings: Settings, tokens: dict[str, str], tmp_path: Path
) -> None:
    read(store, "bank-a")
    auditing.take(at=NOW)
    kept = tmp_path / "bank-a.json"
    kept.write_bytes(client.get("/v1/audit/checkpoint", headers=headers(tokens, "bank-a")).content)
    key = json.loads(kept.read_text())["keys"][0]
    for path in settings.checkpoints.iterdir():
        path.unlink()
    assert verified(auditing, checkpoint=kept, key=key) == (None, None, None)

    rewrite(store)

    assert verified(auditing) == (None, None, None)
    assert verified(auditing, checkpoint=kept, key=key)[:2] == ("bank-a", 3)


@pytest.mark.parametrize("change", ["seq", "hash", "tenant", "index", "path", "note"])
def test_a_kept_answer_that_was_changed_is_not_believed(
    auditing: Auditing, client: TestClient, store: Store, tokens: dict[str, str], tmp_path: Path, change: str
) -> None:
    read(store, "bank-a")
    read(store, "bank-b")
    auditing.take(at=NOW)
    told = client.get("/v1/audit/checkpoint", headers=headers(tokens, "bank-a")).json()
    other = {"seq": 2, "hash": "0" * 64, "tenant": "bank-b", "index": told["index"] + 1, "path": []}
    other["note"] = told["note"].replace("entries ", "entries 1")
    (tmp_path / "kept.json").write_text(json.dumps(told | {change: other[change]}))

    with pytest.raises(CheckpointInvalid):
        verified(auditing, checkpoint=tmp_path / "kept.json")


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"note": 1}', "lukeping/audit\n1\n\n", '{"note":"","path":"x"}'])
def test_a_file_that_is_no_checkpoint_is_refused(auditing: Auditing, tmp_path: Path, content: str) -> None:
    (tmp_path / "file").write_text(content)

    for path in (tmp_path / "file", tmp_path / "none"):
        with pytest.raises(CheckpointInvalid):
            verified(auditing, checkpoint=path)


def test_a_checkpoint_whose_heads_were_changed_is_not_believed(auditing: Auditing, settings: Settings) -> None:
    auditing.take(at=NOW)
    heads = settings.checkpoints / "000001.heads"
    heads.write_text(heads.read_text().replace('"seq":', '"seq":1'))

    with pytest.raises(CheckpointInvalid):
        verified(auditing)


def test_a_checkpoint_of_another_key_is_not_believed(auditing: Auditing) -> None:
    auditing.take(at=NOW)

    with pytest.raises(CheckpointInvalid):
        verified(auditing, key=key_text(Ed25519Signer(b"x" * 32).verifier))


def test_after_a_new_key_both_sign_and_old_checkpoints_still_hold(auditing: Auditing) -> None:
    old = auditing.take(at=NOW).keys[0]

    new = auditing.rotate()

    assert auditing.take(at=NOW).keys == (new, old)
    assert verified(auditing, key=old) == (None, None, None)
    newest = auditing.rotate()
    assert auditing.take(at=NOW).keys == (newest, new)
    assert verified(auditing) == (None, None, None)


def headers(tokens: dict[str, str], code: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens[code]}"}


def test_a_bank_without_a_checkpoint_is_told_so(client: TestClient, auditing: Auditing, tokens: dict[str, str]) -> None:
    auditing.take(at=NOW)

    answer = client.get("/v1/audit/checkpoint", headers=headers(tokens, "bank-a"))

    assert (answer.status_code, answer.json()["code"]) == (404, "checkpoint-missing")


def test_the_answer_to_a_bank_names_no_other_institution(
    client: TestClient, auditing: Auditing, store: Store, tokens: dict[str, str]
) -> None:
    read(store, "bank-a")
    read(store, "bank-b")
    auditing.take(at=NOW)

    answer = client.get("/v1/audit/checkpoint", headers=headers(tokens, "bank-a"))

    assert answer.status_code == 200
    assert answer.json()["seq"] == 3
    assert "bank-b" not in answer.text


def test_a_bank_reads_its_own_entries_page_by_page_and_no_others(
    client: TestClient, store: Store, tokens: dict[str, str]
) -> None:
    read(store, "bank-a", times=5)
    read(store, "bank-b", times=2)
    seen, cursor = [], None
    for _ in range(3):
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/audit/events", params=query, headers=headers(tokens, "bank-a")).json()
        seen += [entry["seq"] for entry in page["items"]]
        cursor = page["next"]

    assert seen == [1, 2, 3, 4, 5]
    assert cursor is None
    assert {entry["actor"] for entry in page["items"]} == {"bank-a"}


@pytest.mark.parametrize("other", ["bank-b", "bureau", "nobody"])
def test_another_institutions_entries_do_not_exist_for_a_bank(
    client: TestClient, store: Store, tokens: dict[str, str], other: str
) -> None:
    read(store, "bank-b")

    answers = [
        client.get("/v1/audit/events", params={"tenant": tenant}, headers=headers(tokens, "bank-a")).json()
        for tenant in (other, "never-heard-of")
    ]

    assert [answer["code"] for answer in answers] == ["audit-chain-unknown"] * 2
    assert answers[0] | {"interaction_id": ""} == answers[1] | {"interaction_id": ""}


@pytest.mark.parametrize("reader", ["bureau", "auditor"])
def test_who_looks_under_duty_is_written_into_the_log_that_was_looked_at(
    client: TestClient, store: Store, tokens: dict[str, str], reader: str
) -> None:
    read(store, "bank-a", times=2)

    seen = client.get("/v1/audit/events", params={"tenant": "bank-a"}, headers=headers(tokens, reader))
    then = client.get("/v1/audit/events", headers=headers(tokens, "bank-a")).json()["items"]

    assert len(seen.json()["items"]) == 2
    assert [(entry["actor"], entry["action"]) for entry in then[2:]] == [(reader, "audit.read")]


def test_a_cursor_of_another_list_is_refused(client: TestClient, store: Store, tokens: dict[str, str]) -> None:
    read(store, "bank-a", times=3)
    params = {"tenant": "bank-a", "limit": 1}
    cursor = client.get("/v1/audit/events", params=params, headers=headers(tokens, "bureau")).json()["next"]

    answer = client.get("/v1/audit/events", params={"cursor": cursor}, headers=headers(tokens, "bureau"))

    assert (answer.status_code, answer.json()["code"]) == (400, "cursor-invalid")


def test_the_running_service_takes_checkpoints_at_its_start_and_its_end(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    desks: Future[Desks] = Future()
    checkpoints = Checkpointing(desks, clock=lambda: NOW, log=open_log(tmp_path / "l.log"), minutes=1440)
    checkpoints.start()
    desks.set_result(desks_of(store, settings))
    while not list(settings.checkpoints.glob("*.checkpoint")):
        time.sleep(0.01)
    read(store, "bank-a")
    checkpoints.end()

    assert len(list(settings.checkpoints.glob("*.checkpoint"))) == 2


def test_a_service_that_never_arrived_ends_without_a_checkpoint(settings: Settings, tmp_path: Path) -> None:
    checkpoints = Checkpointing(Future(), clock=lambda: NOW, log=open_log(tmp_path / "l.log"), minutes=1440)
    checkpoints.start()

    checkpoints.end()

    assert not settings.checkpoints.exists()


def test_verifying_an_institution_that_is_none_is_refused_and_not_called_sound(auditing: Auditing) -> None:
    with pytest.raises(ChainUnknown):
        verified(auditing, tenant="bank-z")


@pytest.fixture
def lukeping(
    auditing: Auditing, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Return a runner of commands on the store: exit code and stdout."""
    from api.cli import main

    monkeypatch.setenv("LUKEPING_STATE", str(settings.state))
    monkeypatch.setenv("LUKEPING_DIGEST", settings.digest)

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        return int(ended.value.code or 0), capsys.readouterr().out

    return run


def test_commands_anchor_verify_and_show(lukeping: Callable[..., tuple[int, str]], store: Store) -> None:
    read(store, "bank-a")

    before, taken, after = lukeping("audit", "verify"), lukeping("audit", "checkpoint"), lukeping("audit", "verify")
    shown = lukeping("audit", "show", "--tenant", "bank-a")

    assert "没有检查点可比对" in before[1]
    assert "000001.checkpoint" in taken[1]
    assert "已与 1 个检查点比对" in after[1]
    assert "assessment.read" in shown[1]
    assert [ended for ended, _ in (before, taken, after, shown)] == [0] * 4


def test_a_setting_that_is_none_is_refused_by_its_name_and_not_by_its_value(
    lukeping: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUKEPING_DIGEST", "md5-of-old")

    ended, said = lukeping("audit", "verify", "--json")

    assert (ended, json.loads(said)["code"]) == (2, "usage")
    assert "LUKEPING_DIGEST" in said
    assert "md5-of-old" not in said


def test_the_first_fault_is_told_with_its_place_and_exit_code_2(
    lukeping: Callable[..., tuple[int, str]], store: Store
) -> None:
    read(store, "bank-a")
    lukeping("audit", "checkpoint")
    rewrite(store)

    said, told = lukeping("audit", "verify"), lukeping("audit", "verify", "--json")

    assert (said[0], told[0]) == (2, 2)
    assert "机构 bank-a，第 3 条" in said[1]
    assert json.loads(told[1])["audit"]["seq"] == 3
    assert json.loads(told[1])["sound"] is False


def test_the_log_names_nobody_who_works_at_the_terminal(
    lukeping: Callable[..., tuple[int, str]], store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "wangxiaoming")
    read(store, "bank-a")
    lukeping("audit", "show", "--tenant", "bank-a")

    again = open_store(settings)
    with again.work(at=NOW, read_only=True) as work:
        actor = work.connection.scalars(select(AUDIT_EVENT.c.actor).where(AUDIT_EVENT.c.action == "audit.read")).one()
        assert actor == f"cli:{work.refer('wangxiaoming')}"
    again.close()
    assert "wangxiaoming" not in actor


@pytest.mark.usefixtures("tokens")
def test_a_digest_changed_later_leaves_a_chain_of_both(store: Store, settings: Settings) -> None:
    read(store, "bank-a")
    other = settings.model_copy(update={"digest": "sm3" if settings.digest == "sha256" else "sha256"})
    later = open_store(other)
    read(later, "bank-a")

    with later.work(at=NOW, read_only=True) as work:
        used = set(work.connection.scalars(select(AUDIT_EVENT.c.alg).where(AUDIT_EVENT.c.tenant == "bank-a")))
    assert used == {"sha256", "sm3"}
    assert verified(Auditing(later, other)) == (None, None, None)
    later.close()
