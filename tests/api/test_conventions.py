"""Are cursors, versions and derived keys what the conventions say?"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.exchange.paging import CursorInvalid, Cursors
from api.exchange.versions import PreconditionFailed, PreconditionRequired, check_match, etag
from api.secret import derive_key, keep_secret

SECRET = b"s" * 32
OWN = Cursors(SECRET, tenant="bank-a", route="/v1/x")
PLACES = st.lists(st.one_of(st.text(max_size=20), st.integers(-(2**53), 2**53)), min_size=1, max_size=3)


@given(PLACES)
def test_a_cursor_leads_back_to_its_place(place: list[str | int]) -> None:
    assert OWN.read(OWN.write(*place)) == tuple(place)


@given(PLACES, st.integers(0, 10_000), st.characters(codec="ascii"))
def test_a_cursor_with_one_character_changed_is_refused(place: list[str | int], at: int, letter: str) -> None:
    cursor = OWN.write(*place)
    at %= len(cursor)
    changed = cursor[:at] + letter + cursor[at + 1 :]
    if changed != cursor:
        with pytest.raises(CursorInvalid):
            OWN.read(changed)


@pytest.mark.parametrize("cursor", ["", ".", "a.b", "WyJhIl0", "WyJhIl0.", "é.é", "WyJhIl0.AAAAAAAAAAAAAAAAAAAAAA"])
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        OWN.read(cursor)


@pytest.mark.parametrize(
    "other",
    [
        Cursors(SECRET, tenant="bank-b", route="/v1/x"),
        Cursors(SECRET, tenant="bank-a", route="/v1/y"),
        Cursors(b"t" * 32, tenant="bank-a", route="/v1/x"),
    ],
)
def test_a_cursor_of_another_client_list_or_installation_is_refused(other: Cursors) -> None:
    with pytest.raises(CursorInvalid):
        OWN.read(other.write("a"))


def test_no_cursor_is_the_beginning() -> None:
    assert OWN.read(None) is None


def test_a_change_names_the_version_it_rests_on() -> None:
    check_match(etag(3)["ETag"], 3)
    with pytest.raises(PreconditionRequired):
        check_match(None, 3)
    for stale in ('"2"', "3", "*", 'W/"3"', ""):
        with pytest.raises(PreconditionFailed):
            check_match(stale, 3)


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"

    made = keep_secret(path)

    assert len(made) == 32
    assert keep_secret(path) == made
    assert path.stat().st_mode & 0o077 == 0


def test_keys_of_two_purposes_differ() -> None:
    assert derive_key(SECRET, "cursor") != derive_key(SECRET, "person")
    assert derive_key(SECRET, "cursor") == derive_key(SECRET, "cursor")
