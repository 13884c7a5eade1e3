"""Does every route keep every stranger out? The matrix is made from the routes themselves.

Every route x role x situation: no token, a made-up one, one without the scope, another institution's object, an object
that is nobody's, and the owner's own. A route without a row here fails.
"""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from risk.permissions import PERMITTED, Relation, Role
from tests.exchange.conftest import Probes
from tests.exchange.rows import ROUTES, ROWS, Row

NOBODYS = "019b0000-0000-7000-8000-000000000000"


def send(
    world: Any, route: tuple[str, str], row: Row, ids: Mapping[str, str], headers: Mapping[str, str], asked: Any
) -> Any:
    """Send one request with the ids in its path."""
    method, path = route
    where = re.sub(r"{(\w+)}", lambda found: ids[found[1]], path)
    return world.client.request(method, where, json=asked, headers=dict(headers))


def nobodys(ids: Mapping[str, str]) -> dict[str, str]:
    """Return ids of the same form that no institution has; what is no id of an object stays."""
    return {name: NOBODYS if name in ("id", "loan_no") else value for name, value in ids.items()}


def told(answer: Any) -> tuple[int, object]:
    """Return what an answer says, its interaction apart."""
    said = answer.json() if answer.content else {}
    if isinstance(said, dict):
        said = {name: value for name, value in said.items() if name != "interaction_id"}
    return answer.status_code, said


def test_every_guarded_route_has_a_row_and_every_row_a_route() -> None:
    assert set(ROWS) == set(ROUTES)


def test_owners_are_those_whom_the_table_of_permissions_names() -> None:
    for route, row in ROWS.items():
        assert set(row.owners) <= set(PERMITTED[ROUTES[route].scope]), route


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("route", sorted(ROUTES), ids=" ".join)
def test_a_route_keeps_every_stranger_out(world: Any, probes: Probes, route: tuple[str, str], role: Role) -> None:
    probes.begun += 1
    _hold(world, probes, route, role)
    probes.held += 1


def _hold(world: Any, probes: Probes, route: tuple[str, str], role: Role) -> None:
    row, scope = ROWS[route], ROUTES[route].scope
    owner = role if role in row.owners else row.owners[0]
    ids = row.path(world, owner, "a")
    asked = row.body(world, owner, "a") if row.body else None

    def probe(headers: Mapping[str, str], at: Mapping[str, str] = ids) -> Any:
        probes.tried += 1
        return send(world, route, row, at, {**row.headers(world, owner, "a"), **headers}, asked)

    assert probe({"Idempotency-Key": "k"}).status_code == 401
    assert probe({"Authorization": "Bearer lk_" + "z" * 43}).status_code == 401
    assert told(probe(world.headers(role, "a", scoped=False)))[1]["code"] == "scope-missing"  # type: ignore[index]
    if role not in PERMITTED[scope]:
        for side in "ab":
            refused = probe(world.headers(role, side))
            assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing")
        return
    if role in row.owners:
        own = probe(world.headers(role, "a"))
        assert (own.status_code == row.own) if row.own else (own.status_code < 400), own.text
    if PERMITTED[scope][role] in (Relation.PUBLIC, Relation.DUTY) or row.public:
        return
    stranger = probe(world.headers(role, "b"))
    if row.asks_firm:
        code = "consent-required" if role in row.owners else row.never_theirs
        assert (stranger.status_code, stranger.json()["code"]) == (403, code)
    elif ids:
        assert stranger.status_code == 404, stranger.text
        assert told(stranger) == told(probe(world.headers(role, "b"), nobodys(ids)))
    else:
        hidden = row.hides(world, owner, "a")
        assert hidden
        assert stranger.status_code < 400, stranger.text
        assert not [text for text in hidden if text in stranger.text]


def test_there_are_enough_probes() -> None:
    least = sum(
        3 + (2 if role not in PERMITTED[ROUTES[route].scope] else int(role in ROWS[route].owners))
        for route in ROUTES
        for role in Role
    )
    assert least >= 1_000
