"""The desks on a real store: tokens, replays, tenants; and a store is made whole or not at all."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.clock import SHANGHAI
from api.desks import Institution, IssuedToken, RememberedAnswer
from api.identity import token_hash
from api.problems import IdempotencyKeyInFlight
from api.settings import Settings
from api.terminal.bars import Lines
from api.wiring import open_desks, opening_desk
from api.wiring.assessing import Assessing
from api.wiring.desks import Institutions
from api.wiring.opening import InitRunning, _alone, _issue
from data.intake.header import ListUnknown
from data.spec.errors import DayInFuture
from data.store import Store
from data.store.store import StoreExists, StoreOutdated
from tests.stores import brought_back

NOW = datetime(2026, 1, 1, 9, 30, tzinfo=SHANGHAI)
BANK = Institution(code="bank-a", name="甲银行（演示）", kind="bank")


class NoChampions:
    """Know no model."""

    def champion(self, card: str) -> None:
        return None


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path / "state")


@pytest.fixture
def opened(settings: Settings) -> Any:
    """Make an empty store and return what was told of it."""
    return opening_desk(settings).create(demonstration=False, enterprises=0, progress=Lines())


@pytest.fixture
def desk(settings: Settings, opened: Any) -> Iterator[Assessing]:
    store = Store.open(settings.database_url)
    yield Assessing(store, NoChampions())
    store.close()


ANSWER = RememberedAnswer(fingerprint="f" * 64, status=201, body='{"id": "a-1"}')


def remember(desk: Assessing, *, tenant: str = "bank-a", commit: bool = True) -> None:
    with desk.visit(at=NOW) as visit:
        visit.remember_answer(tenant=tenant, route="POST /v1/assessments", key="k", answer=ANSWER)
        if commit:
            visit.commit()


def recall(desk: Assessing, *, tenant: str = "bank-a") -> RememberedAnswer | None:
    with desk.visit(at=NOW) as visit:
        return visit.find_answer(tenant=tenant, route="POST /v1/assessments", key="k")


def test_an_answer_is_remembered_as_it_was(desk: Assessing) -> None:
    remember(desk)

    assert recall(desk) == ANSWER


def test_an_answer_is_not_kept_without_commit(desk: Assessing) -> None:
    remember(desk, commit=False)

    assert recall(desk) is None


def test_another_tenants_answer_is_not_found(desk: Assessing) -> None:
    remember(desk)

    assert recall(desk, tenant="bank-b") is None


def test_a_key_that_another_writer_took_is_in_flight(desk: Assessing) -> None:
    remember(desk)

    with pytest.raises(IdempotencyKeyInFlight):
        remember(desk)


def test_an_assessment_that_is_not_there_is_none(desk: Assessing) -> None:
    with desk.visit(at=NOW) as visit:
        assert visit.read_assessment("none", institution=BANK) is None


@pytest.fixture
def demonstration(tmp_path: Path) -> Iterator[Store]:
    """Make a demonstration store without a city."""
    store = Store.create(f"sqlite:///{tmp_path}/demo/lukeping.db", at=NOW, demonstration_today=NOW.date())
    yield store
    store.close()


def test_an_institution_of_a_demonstration_is_found_by_its_token_alone(demonstration: Store) -> None:
    (issued,) = _issue(demonstration, [BANK], at=NOW)
    institutions = Institutions(demonstration)

    assert institutions.find_by_token(token_hash(issued.token)) == issued.institution
    assert institutions.find_by_token(token_hash("lk_" + "x" * 43)) is None


def test_a_real_store_issues_no_tokens_and_takes_none(settings: Settings, opened: Any) -> None:
    store = Store.open(settings.database_url)
    (issued,) = _issue(store, [BANK], at=NOW)

    assert opened.tokens == ()
    assert Institutions(store).find_by_token(token_hash(issued.token)) is None
    store.close()


def test_a_token_is_nowhere_in_the_store(demonstration: Store, tmp_path: Path) -> None:
    (issued,) = _issue(demonstration, [BANK], at=NOW)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "demo").rglob("*") if path.is_file())

    assert token_hash(issued.token).encode() in kept
    assert issued.token.encode() not in kept


def test_the_state_folder_is_the_owners_alone(settings: Settings, opened: Any) -> None:
    assert settings.state.stat().st_mode & 0o777 == 0o700


def test_a_store_that_stands_is_not_replaced(settings: Settings, opened: Any) -> None:
    before = (settings.state / "lukeping.db").read_bytes()

    with pytest.raises(StoreExists):
        opening_desk(settings).create(demonstration=False, enterprises=0, progress=Lines())

    assert (settings.state / "lukeping.db").read_bytes() == before


def test_an_older_store_is_upgraded_and_kept_as_it_was(settings: Settings, opened: Any) -> None:
    brought_back(settings.database_url, "0019")
    with pytest.raises(StoreOutdated):
        open_desks(settings)

    done, again = opening_desk(settings).upgrade(), opening_desk(settings).upgrade()

    assert open_desks(settings).today is None
    assert done.before == "0019"
    assert done.kept is not None
    assert done.kept.parent == settings.state
    assert (again.before, again.kept) == (done.after, None)


def test_two_processes_do_not_make_one_store(settings: Settings) -> None:
    settings.state.mkdir()

    with _alone(settings.state), pytest.raises(InitRunning):
        opening_desk(settings).create(demonstration=False, enterprises=0, progress=Lines())


def test_an_interrupted_init_leaves_nothing_and_the_next_starts_clean(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("api.wiring.opening.Store.close", interrupted)
        with pytest.raises(KeyboardInterrupt):
            opening_desk(settings).create(demonstration=False, enterprises=0, progress=Lines())
    assert not opening_desk(settings).exists()
    assert [path.name for path in settings.state.iterdir()] == [".init.lock"]

    # A process that was killed cannot clean up behind itself.
    (settings.state / ".building").mkdir()
    (settings.state / ".building" / "lukeping.db").write_bytes(b"half a store")
    opening_desk(settings).create(demonstration=False, enterprises=0, progress=Lines())

    assert open_desks(settings).today is None
    assert not (settings.state / ".building").exists()


def test_the_demonstrations_tokens_are_left_for_their_owner(settings: Settings, opened: Any) -> None:
    from api.wiring.opening import _write_tokens

    _write_tokens(settings.token_file, [IssuedToken(institution=BANK, token="lk_" + "t" * 43)])

    assert settings.token_file.stat().st_mode & 0o777 == 0o600
    assert json.loads(settings.token_file.read_text(encoding="utf-8"))["bank-a"]["token"] == "lk_" + "t" * 43


def test_every_instant_of_a_real_store_is_of_this_day(settings: Settings, opened: Any) -> None:
    assert abs((open_desks(settings).now() - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize("name", ["annual_report", "财务年报"])
def test_a_list_is_reported_by_its_name_or_its_label(settings: Settings, opened: Any, name: str) -> None:
    desk = open_desks(settings).sources

    (found,) = desk.report(as_of=NOW.date(), list_name=name, at=NOW, progress=Lines()).sources

    assert (found.list, found.batches, found.expected) == ("annual_report", 0, None)


def test_no_list_of_that_name_and_no_day_to_come_is_reported(settings: Settings, opened: Any) -> None:
    desk = open_desks(settings).sources

    with pytest.raises(ListUnknown, match="没有名为“staff”的名单"):
        desk.report(as_of=NOW.date(), list_name="staff", at=NOW, progress=Lines())
    with pytest.raises(DayInFuture):
        desk.report(as_of=NOW.date() + timedelta(days=1), list_name=None, at=NOW, progress=Lines())
