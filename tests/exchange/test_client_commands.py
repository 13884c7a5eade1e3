"""Are clients registered, listed, given other keys and ended from the command line, each act recorded?"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.cli import main
from data.spec.access import BUREAU
from data.spec.identifiers import with_uscc_check_digit
from data.store import Store
from data.store.audit_reads import read_entries
from tests.exchange.bank import new_key
from tests.exchange.remote import URI, Publisher, register

AT = datetime(2026, 11, 1, tzinfo=UTC)
Run = Callable[..., tuple[int, str, str]]
FIRM = with_uscc_check_digit("91370303MA3C00000")
REGISTER = ("client", "register", "bank-a-1", "--institution", "bank-a", "--name", "甲银行（演示）", "--keys", "a.jwks")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run commands on a real store of their own, in a folder that holds two key files."""
    state = tmp_path / "state"
    Store.create(f"sqlite:///{state}/lukeping.db", at=AT).close()
    monkeypatch.setenv("LUKEPING_STATE", str(state))
    monkeypatch.chdir(tmp_path)
    Path("binary.jwks").write_bytes(b"\x30\x82\xff")
    for name in ("a", "b"):
        Path(f"{name}.jwks").write_text(json.dumps({"keys": [new_key().as_dict(private=False)]}), encoding="utf-8")

    def called(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return called


def recorded() -> list[str]:
    """Return what the audit log tells of clients and keys, in order."""
    store = Store.open(f"sqlite:///{Path('state').resolve()}/lukeping.db")
    with store.work(at=AT, read_only=True) as work:
        entries = read_entries(work, BUREAU, after=0, most=200)
    store.close()
    return [
        f"{one.action} {one.object_id}" for one in entries if one.action.startswith(("client", "keys", "signingkey"))
    ]


def test_a_client_is_registered_listed_given_other_keys_and_ended(run: Run) -> None:
    code, registered, _ = run(*REGISTER, "--scope", "loans:write", "--network", "203.0.113.0/24")
    _, listed, _ = run("client", "list")
    _, replaced, _ = run("client", "keys", "bank-a-1", "--keys", "b.jwks")
    _, ended, _ = run("client", "revoke", "bank-a-1")
    _, told, _ = run("client", "list", "--json")

    assert code == 0
    assert registered.startswith("已登记：bank-a-1（甲银行（演示），bank）\n  loans:write")
    assert "203.0.113.0/24" in registered
    assert "在用" in listed
    assert replaced.startswith("已更换公钥：bank-a-1")
    assert ended.startswith("已停用：bank-a-1")
    (client,) = json.loads(told)["clients"]
    assert (client["id"], client["scopes"], client["networks"]) == ("bank-a-1", ["loans:write"], ["203.0.113.0/24"])
    assert client["revoked_at"] is not None
    assert recorded() == ["client.registered bank-a-1", "keys.replaced bank-a-1", "client.revoked bank-a-1"]


def test_an_ended_client_stays_ended_since_it_was(run: Run) -> None:
    run(*REGISTER)
    run("client", "revoke", "bank-a-1")
    _, before, _ = run("client", "list", "--json")

    again = [run("client", "revoke", "bank-a-1"), run("client", "keys", "bank-a-1", "--keys", "b.jwks")]

    assert [(code, "client-ended" in err) for code, _, err in again] == [(2, True), (2, True)]
    assert run("client", "list", "--json")[1] == before


def test_the_services_signing_key_is_replaced_and_recorded(run: Run) -> None:
    _, first, _ = run("client", "rotate", "--json")
    _, second, _ = run("client", "rotate", "--json")

    (new, old), before = json.loads(second)["signing_keys"], json.loads(first)["signing_keys"]
    assert old == before[0]
    assert new != old
    assert recorded() == [f"signingkey.replaced {old}", f"signingkey.replaced {new}"]


def test_where_a_client_publishes_its_keys_is_shown(run: Run) -> None:
    store = Store.open(f"sqlite:///{Path('state').resolve()}/lukeping.db")
    machine = register(store, Publisher(), at=AT)
    store.close()

    _, listed, _ = run("client", "list")
    _, told, _ = run("client", "list", "--json")

    assert f"公钥取自 {URI}（最近 2026-11-01 08:00 取得）" in listed
    (client,) = json.loads(told)["clients"]
    assert (client["id"], client["jwks_uri"]) == (machine.id, URI)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (REGISTER, "client-exists"),
        (("client", "revoke", "nobody"), "client-unknown"),
        (("client", "keys", "nobody", "--keys", "a.jwks"), "client-unknown"),
        ((*REGISTER[:2], "bank-a-2", *REGISTER[3:], "--role", "bureau"), "role-unsuitable"),
        ((*REGISTER[:2], "bank-a-2", *REGISTER[3:], "--role", "king"), "usage"),
        ((*REGISTER[:2], "bank-a-2", *REGISTER[3:], "--scope", "everything"), "usage"),
        ((*REGISTER[:2], "bank-a-2", *REGISTER[3:], "--scope", "loans:write", "--role", "auditor"), "scope-missing"),
        ((*REGISTER[:2], "bank-a-2", *REGISTER[3:], "--network", "somewhere"), "network-malformed"),
        ((*REGISTER[:2], "bank-a-2", *REGISTER[3:], "--enterprise", FIRM), "subject-unsuitable"),
        ((*REGISTER[:2], "bank a 2", *REGISTER[3:]), "client-id-malformed"),
        (("client", "keys", "bank-a-1", "--keys", "binary.jwks"), "usage"),
        ((*REGISTER[:2], "bank-a-2", *REGISTER[3:], "--jwks-uri", URI), "one-key-source"),
        (("client", "keys", "bank-a-1"), "one-key-source"),
        (("client", "keys", "bank-a-1", "--jwks-uri", "https://127.0.0.1/jwks"), "keys-unavailable"),
        (("client", "keys", "bank-a-1", "--jwks-uri", "http://keys.bank.example/jwks"), "keys-unavailable"),
        (("client", "register", "bank-b-1", "--institution", "bank-b", "--keys", "a.jwks"), "institution-unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[2],
)
def test_what_cannot_be_done_is_refused_in_chinese_and_not_recorded(
    run: Run, arguments: tuple[str, ...], code: str
) -> None:
    run(*REGISTER)

    ended, out, err = run(*arguments)

    assert (ended, out) == (2, "")
    assert f"代码：{code}" in err
    assert "未能完成：" in err
    assert recorded() == ["client.registered bank-a-1"]
