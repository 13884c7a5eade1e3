"""What does each route of the exchange read, and how does an owner ask it?"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import structlog

from api.app import create_app
from api.clock import now
from api.desks import Desks
from api.identity import GuardedRoute
from risk.permissions import Role


def guarded_routes() -> dict[tuple[str, str], type[GuardedRoute]]:
    """Return the class of every guarded route by method and path; FastAPI keeps included routers folded."""
    app = create_app(Future[Desks](), clock=now, log=structlog.get_logger())
    contexts = [one for route in app.routes for one in getattr(route, "effective_route_contexts", tuple)()]
    return {
        (method, context.path): type(context.original_route)
        for context in contexts
        if isinstance(context.original_route, GuardedRoute)
        for method in sorted(context.original_route.methods)
    }


ROUTES = guarded_routes()


@dataclass(frozen=True, kw_only=True)
class Row:
    """Say how an owner makes what a route reads, and with which body it is asked.

    `owner` makes the object; `path` gives the ids in the route's path from the owner's side; `body` the JSON sent;
    `hides` are texts of the owner's that no stranger's answer may hold; a `public` route reads nobody's rows.
    """

    owners: tuple[Role, ...] = (Role.BANK,)
    path: Callable[[Any, Role, str], dict[str, str]] = lambda world, role, side: {}
    body: Callable[[Any, Role, str], object] | None = None
    headers: Callable[[Any, Role, str], dict[str, str]] = lambda world, role, side: {}
    hides: Callable[[Any, Role, str], list[str]] = lambda world, role, side: []
    public: bool = False
    asks_firm: bool = False


def assessment(world: Any, role: Role, side: str) -> dict[str, str]:
    """Return the id of an assessment that the institution has."""
    answer = world.client.post(
        "/v1/assessments", json={"enterprise": world.firm(side)}, headers=world.headers(role, side)
    )
    assert answer.status_code == 201, answer.text
    return {"id": answer.json()["id"]}


def evidence(world: Any, role: Role, side: str) -> dict[str, str]:
    return {**assessment(world, role, side), "feature": "operations_leverage_ratio_2y"}


LENDERS = (Role.BANK, Role.GUARANTOR)
ROWS: dict[tuple[str, str], Row] = {
    ("POST", "/v1/assessments"): Row(
        owners=LENDERS, body=lambda world, role, side: {"enterprise": world.firm(side)}, asks_firm=True
    ),
    ("GET", "/v1/assessments/{id}"): Row(owners=LENDERS, path=assessment),
    ("GET", "/v1/assessments/{id}/explanation"): Row(owners=LENDERS, path=assessment),
    ("GET", "/v1/assessments/{id}/evidence/{feature}"): Row(owners=LENDERS, path=evidence),
    ("GET", "/v1/catalogue"): Row(public=True),
}
"""One row a route."""
