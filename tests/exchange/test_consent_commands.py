"""Do the bureau's people see which consents stand, and by when what was shown must be deleted?"""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.cli import main
from api.settings import Settings
from api.wiring import open_desks
from data.spec.consent import Party
from risk.consent_words import Asking
from risk.objection_words import ObjectionKind
from tests.exchange.conftest import NOW, make_world


@pytest.fixture
def at_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for _ in make_world(tmp_path):
        pass
    monkeypatch.setenv("LUKEPING_STATE", str(tmp_path))
    monkeypatch.delenv("LUKEPING_DATABASE", raising=False)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    with pytest.raises(SystemExit) as ended:
        main(["consent", *arguments, "--json"])
    assert ended.value.code == 0
    return json.loads(capsys.readouterr().out)["consents"]


def test_a_revoked_consent_is_due_for_deletion_from_then_on(at_terminal: None, capsys: Any) -> None:
    assert len(told(capsys, "list")) == 4
    assert told(capsys, "due") == []

    ended = told(capsys, "revoke", "c-bank-a", "--reason", "企业来函")

    assert (ended[0]["status"], ended[0]["changed_by"], ended[0]["reason"]) == ("revoked", "regulator", "企业来函")
    due = told(capsys, "due")
    assert [one["id"] for one in due] == ["c-bank-a"]
    changed, delete_by = (datetime.fromisoformat(due[0][name]) for name in ("changed_at", "delete_by"))
    assert delete_by - changed == timedelta(days=30)
    assert told(capsys, "show", "c-bank-a") == due


def test_an_enterprise_without_a_firm_is_shown_nothing(at_terminal: None, tmp_path: Path) -> None:
    desks, nobody = open_desks(Settings(state=tmp_path)), Asking(tenant="enterprise-x", party=Party.ENTERPRISE)
    with desks.objections.visit(at=NOW) as visit:
        bank = Asking(tenant="bank-b", party=Party.GRANTEE)
        visit.object_to(ObjectionKind.CONSENT, "c-bank-b", "期限有误", id="o-1", by=bank)
        assert list(visit.list_all(by=bank, after=None, limit=9))
        assert not visit.list_all(by=nobody, after=None, limit=9)
    with desks.consents.visit(at=NOW) as visit_consents:
        assert not visit_consents.list_all(by=nobody, after=None, limit=9)


def test_an_unknown_consent_is_refused_in_chinese(at_terminal: None, capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["consent", "show", "none"])
    assert ended.value.code == 2
    assert "没有这个编号的授权" in capsys.readouterr().err
