"""Do the bureau's people see which objections are late, and does an answer end one?"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.cli import main
from api.settings import Settings
from api.wiring import open_desks
from data.spec.consent import Party
from risk.consent_words import Asking
from risk.objection_words import ObjectionKind
from risk.permissions import Role
from tests.exchange.conftest import NOW, make_world


@pytest.fixture
def at_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the id of an objection in a store whose service has ended."""
    for house in make_world(tmp_path):
        body = {"kind": "consent", "object": "c-bank-a", "words": "范围有误"}
        sent = house.client.post("/v1/objections", json=body, headers=house.headers(Role.ENTERPRISE, "a"))
        assert sent.status_code == 201, sent.text
        made = str(sent.json()["id"])
    monkeypatch.setenv("LUKEPING_STATE", str(tmp_path))
    monkeypatch.delenv("LUKEPING_DATABASE", raising=False)
    return made


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    with pytest.raises(SystemExit) as ended:
        main(["objection", *arguments, "--json"])
    assert ended.value.code == 0
    return json.loads(capsys.readouterr().out)["objections"]


def test_an_answer_ends_an_objection_once(at_terminal: str, capsys: Any) -> None:
    assert [(one["id"], one["state"]) for one in told(capsys, "list")] == [(at_terminal, "received")]

    told(capsys, "answer", at_terminal, "--upheld", "--words", "已更正")

    ended = told(capsys, "list")[0]
    assert (ended["state"], ended["answer"], ended["overdue"]) == ("upheld", "已更正", False)
    with pytest.raises(SystemExit) as again:
        main(["objection", "answer", at_terminal, "--rejected", "--words", "再答"])
    assert again.value.code == 2
    assert told(capsys, "list")[0]["answer"] == "已更正"


def test_neither_or_both_findings_are_refused(at_terminal: str, capsys: Any) -> None:
    for findings in ([], ["--upheld", "--rejected"]):
        with pytest.raises(SystemExit) as ended:
            main(["objection", "answer", at_terminal, "--words", "x", *findings])
        assert ended.value.code == 2
    assert told(capsys, "list")[0]["state"] == "received"


def test_one_left_past_its_days_is_marked_as_late(at_terminal: str, tmp_path: Path, capsys: Any) -> None:
    bank = Asking(tenant="bank-b", party=Party.GRANTEE)
    desks = open_desks(Settings(state=tmp_path))
    with desks.objections.visit(at=NOW - timedelta(days=25)) as visit:
        old = visit.object_to(ObjectionKind.CONSENT, "c-bank-b", "期限有误", id="0-old", by=bank)
        visit.commit()

    assert {one["id"]: one["overdue"] for one in told(capsys, "list")} == {old.id: True, at_terminal: False}
    with pytest.raises(SystemExit):
        main(["objection", "list"])
    marked = [line for line in capsys.readouterr().out.splitlines() if "已逾期" in line]
    assert len(marked) == 1
    assert marked[0].startswith(old.id)
