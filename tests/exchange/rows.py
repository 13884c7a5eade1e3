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
    """A stranger's request is about the owner's firm, which has not consented to the stranger."""
    never_theirs: str = "consent-required"
    """How a role that is no owner, and yet has the scope, is refused in that."""
    own: int | None = None
    """What the owner's own request is answered, where this world has no such object."""


def assessment(world: Any, role: Role, side: str) -> dict[str, str]:
    """Return the id of an assessment that the institution has."""
    return made(world, role, side, "/v1/assessments", {"enterprise": world.firm(side)})


def evidence(world: Any, role: Role, side: str) -> dict[str, str]:
    return {**assessment(world, role, side), "feature": "operations_leverage_ratio_2y"}


def batch_body(world: Any, role: Role, side: str) -> dict[str, Any]:
    """Ask for the side's firm alone."""
    return {"enterprises": [world.firm(side)]}


def batch(world: Any, role: Role, side: str) -> dict[str, str]:
    """Return the id of a batch that the institution asked for."""
    return made(world, role, side, "/v1/assessment-batches", batch_body(world, role, side))


def made(world: Any, role: Role, side: str, path: str, body: object) -> dict[str, str]:
    """Make an object by its own route, and return its id."""
    answer = world.client.post(path, json=body, headers=world.headers(role, side))
    assert answer.status_code in (201, 202), answer.text
    return {"id": answer.json()["id"]}


def consent_body(world: Any, role: Role, side: str) -> dict[str, Any]:
    """Register a consent of the side's firm, for a purpose that no other test rests on."""
    return {
        "enterprise": world.firm(side),
        "purposes": ["guarantee"],
        "permissions": ["monitoring"],
        "categories": ["rnd"],
        "valid_to": "2026-06-30T00:00:00+08:00",
    }


def consent(world: Any, role: Role, side: str) -> dict[str, str]:
    """Return the id of a consent that awaits its enterprise."""
    return made(world, role, side, "/v1/consents", consent_body(world, role, side))


def signed_consent(world: Any, role: Role, side: str) -> dict[str, str]:
    """Return the id of a consent that a signed letter stands behind."""
    body = {
        **consent_body(world, role, side),
        "paper": {"document_sha256": "0" * 64, "text_version": "1", "text_sha256": "c" * 64},
    }
    return made(world, role, side, "/v1/consents", body)


def objection_body(world: Any, role: Role, side: str) -> dict[str, Any]:
    """Object to an assessment that the institution has."""
    return {"kind": "assessment", "object": assessment(world, role, side)["id"], "words": "名单有误"}


def objection(world: Any, role: Role, side: str) -> dict[str, str]:
    """Return the id of an objection that the institution brought in."""
    return made(world, role, side, "/v1/objections", objection_body(world, role, side))


def webhook_body(world: Any, role: Role, side: str) -> dict[str, Any]:
    """Have events sent to this very machine, as a demonstration may."""
    return {"url": "http://127.0.0.1:9/events", "types": ["consent.revoked"]}


def webhook(world: Any, role: Role, side: str) -> dict[str, str]:
    """Return the id of a receiver that the institution has."""
    return made(world, role, side, "/v1/webhooks", webhook_body(world, role, side))


def loan_body(world: Any, side: str, number: str) -> dict[str, Any]:
    """Report a loan of the side's firm."""
    return {
        "enterprise": world.firm(side),
        "loan_no": number,
        "product": "lukedai",
        "applied_on": "2025-05-10",
        "amount": "1000000.00",
        "disbursed_on": "2025-06-10",
        "matures_on": "2026-06-09",
    }


def loan(world: Any, role: Role, side: str) -> dict[str, str]:
    """Return the number of a loan that the institution reported."""
    number = f"JX-{next(world.keys)}"
    answer = world.client.post("/v1/loans", json=loan_body(world, side, number), headers=world.headers(role, side))
    assert answer.status_code == 201, answer.text
    return {"loan_no": number}


def first_version(world: Any, role: Role, side: str) -> dict[str, str]:
    """Rest a change on an object as it was made."""
    return {"If-Match": '"1"'}


def back_test_body(world: Any, role: Role, side: str) -> dict[str, Any]:
    """Ask how the side's firm would have been scored on a past day."""
    return {
        "pairs": [{"enterprise": world.firm(side), "as_of": "2025-06-01"}],
        "card": "application",
        "model": "present",
        "basis": {"kind": "authorisation", "document_sha256": "0" * 64},
    }


def back_test(world: Any, role: Role, side: str) -> dict[str, str]:
    """Return the id of a back-test that the institution asked for."""
    return made(world, role, side, "/v1/back-tests", back_test_body(world, role, side))


def application_body(world: Any, role: Role, side: str) -> dict[str, Any]:
    """Apply for the side's firm, guaranteed by the side's guarantor."""
    return {
        "person": "P-1",
        "enterprise": world.firm(side),
        "product": "lukedai",
        "guarantee": "individual",
        "guarantor": world.code(Role.GUARANTOR, side),
        "purpose": "中试线扩建",
        "facts": {
            "amount": "200万",
            "term_months": 12,
            "rate": "3.6%",
            "loan_use": "transformation",
            "collateral": "无",
            "bank_is_partner": True,
        },
    }


def application(world: Any, role: Role, side: str) -> dict[str, str]:
    """Return the number of an application of the side's bank, whoever of its parties reads it."""
    headers = world.headers(Role.BANK, side)
    answer = world.client.post("/v1/applications", json=application_body(world, role, side), headers=headers)
    assert answer.status_code == 201, answer.text
    return {"number": answer.json()["number"]}


def evaluated(world: Any, role: Role, side: str) -> dict[str, str]:
    """Return the number of an application that awaits its sheets."""
    ids = application(world, role, side)
    for version, (mover, move) in enumerate(((Role.BANK, "submit"), (Role.BUREAU, "begin")), start=1):
        headers = {**world.headers(mover, side), "If-Match": f'"{version}"'}
        body = {"person": "P-1", "move": move}
        answer = world.client.post(f"/v1/applications/{ids['number']}/moves", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
    return ids


def sheet_body(world: Any, role: Role, side: str) -> dict[str, Any]:
    """Give even marks."""
    names = ("innovation", "growth", "solvency", "stability", "credit", "industry_fit")
    return {"person": "P-2", "marks": dict.fromkeys(names, 70)}


def opened(world: Any, role: Role, side: str) -> dict[str, str]:
    """Return the number of an application whose sheets are open."""
    ids = evaluated(world, role, side)
    for mover in (Role.BANK, Role.GUARANTOR, Role.BUREAU):
        headers = world.headers(mover, side)
        answer = world.client.post(
            f"/v1/applications/{ids['number']}/sheets", json=sheet_body(world, mover, side), headers=headers
        )
        assert answer.status_code == 201, answer.text
    return ids


LENDERS = (Role.BANK, Role.GUARANTOR)
ROWS: dict[tuple[str, str], Row] = {
    ("POST", "/v1/assessments"): Row(
        owners=LENDERS, body=lambda world, role, side: {"enterprise": world.firm(side)}, asks_firm=True
    ),
    ("GET", "/v1/assessments/{id}"): Row(owners=LENDERS, path=assessment),
    ("GET", "/v1/assessments/{id}/explanation"): Row(owners=LENDERS, path=assessment),
    ("GET", "/v1/assessments/{id}/evidence/{feature}"): Row(owners=LENDERS, path=evidence),
    ("GET", "/v1/assessments/{id}/validity"): Row(owners=LENDERS, path=assessment),
    ("POST", "/v1/assessment-batches"): Row(owners=LENDERS, body=batch_body, public=True),
    ("GET", "/v1/assessment-batches/{id}"): Row(owners=LENDERS, path=batch),
    ("GET", "/v1/assessment-batches/{id}/results"): Row(owners=LENDERS, path=batch),
    ("GET", "/v1/assessment-batches/{id}/errors"): Row(owners=LENDERS, path=batch),
    ("DELETE", "/v1/assessment-batches/{id}"): Row(owners=LENDERS, path=batch, headers=first_version),
    ("POST", "/v1/enterprises/search"): Row(
        owners=LENDERS,
        body=lambda world, role, side: {"name": "甲陶瓷"},
        hides=lambda world, role, side: ["淄博甲陶瓷"],
    ),
    ("POST", "/v1/facts"): Row(
        owners=LENDERS,
        body=lambda world, role, side: {"enterprise": world.firm(side), "items": ["tech_sme_entry"]},
        asks_firm=True,
    ),
    ("GET", "/v1/catalogue"): Row(public=True),
    ("GET", "/v1/audit/checkpoint"): Row(owners=LENDERS, public=True, own=404),
    ("GET", "/v1/audit/events"): Row(
        owners=LENDERS, hides=lambda world, role, side: [assessment(world, role, side)["id"]]
    ),
    ("POST", "/v1/consents"): Row(owners=LENDERS, body=consent_body, public=True),
    ("GET", "/v1/consents"): Row(owners=LENDERS, hides=lambda world, role, side: [consent(world, role, side)["id"]]),
    ("GET", "/v1/consents/{id}"): Row(owners=LENDERS, path=consent),
    ("GET", "/v1/consents/{id}/history"): Row(owners=LENDERS, path=consent),
    ("POST", "/v1/consents/{id}/authorise"): Row(
        owners=LENDERS, path=consent, body=lambda world, role, side: {"reason": "如约"}, headers=first_version, own=403
    ),
    ("POST", "/v1/consents/{id}/reject"): Row(
        owners=LENDERS, path=consent, body=lambda world, role, side: {"reason": "如约"}, headers=first_version
    ),
    ("DELETE", "/v1/consents/{id}"): Row(owners=LENDERS, path=signed_consent, headers=first_version),
    ("POST", "/v1/consents/{id}/renewals"): Row(
        owners=LENDERS, path=signed_consent, body=lambda world, role, side: {"valid_to": "2026-12-01T00:00:00+08:00"}
    ),
    ("GET", "/v1/events"): Row(owners=LENDERS, hides=lambda world, role, side: [assessment(world, role, side)["id"]]),
    ("POST", "/v1/objections"): Row(
        owners=LENDERS,
        body=lambda world, role, side: objection_body(world, role, side),
        public=True,
    ),
    ("GET", "/v1/objections"): Row(
        owners=LENDERS, hides=lambda world, role, side: [objection(world, role, side)["id"]]
    ),
    ("GET", "/v1/objections/{id}"): Row(owners=LENDERS, path=objection),
    ("DELETE", "/v1/objections/{id}"): Row(owners=LENDERS, path=objection, headers=first_version),
    ("POST", "/v1/objections/{id}/answer"): Row(
        owners=LENDERS,
        path=objection,
        body=lambda world, role, side: {"outcome": "upheld", "words": "已更正"},
        headers=first_version,
        own=403,
    ),
    ("POST", "/v1/webhooks"): Row(owners=LENDERS, body=webhook_body, public=True),
    ("GET", "/v1/webhooks"): Row(owners=LENDERS, hides=lambda world, role, side: [webhook(world, role, side)["id"]]),
    ("GET", "/v1/webhooks/{id}"): Row(owners=LENDERS, path=webhook),
    ("GET", "/v1/webhooks/{id}/deliveries"): Row(owners=LENDERS, path=webhook),
    ("PATCH", "/v1/webhooks/{id}"): Row(
        owners=LENDERS, path=webhook, body=lambda world, role, side: {"active": False}, headers=first_version
    ),
    ("POST", "/v1/webhooks/{id}/keys"): Row(owners=LENDERS, path=webhook, body=lambda world, role, side: {"a": 1}),
    ("DELETE", "/v1/webhooks/{id}"): Row(owners=LENDERS, path=webhook, headers=first_version),
    ("POST", "/v1/applications"): Row(body=application_body, asks_firm=True, never_theirs="not-your-move"),
    ("GET", "/v1/applications"): Row(
        owners=LENDERS, hides=lambda world, role, side: [application(world, role, side)["number"]]
    ),
    ("GET", "/v1/applications/{number}"): Row(owners=LENDERS, path=application),
    ("GET", "/v1/applications/{number}/opening"): Row(owners=LENDERS, path=opened),
    ("POST", "/v1/applications/{number}/moves"): Row(
        path=application,
        body=lambda world, role, side: {"person": "P-1", "move": "submit"},
        headers=first_version,
    ),
    ("POST", "/v1/applications/{number}/sheets"): Row(owners=LENDERS, path=evaluated, body=sheet_body),
    ("GET", "/v1/warnings"): Row(owners=LENDERS, public=True),
    ("POST", "/v1/warnings/{id}/acknowledgements"): Row(
        owners=LENDERS,
        path=lambda world, role, side: {"id": "W0123456789"},
        body=lambda world, role, side: {"person": "P-1", "outcome": "seen"},
        own=404,
    ),
    ("POST", "/v1/loans"): Row(body=lambda world, role, side: loan_body(world, side, "JX-ROW"), asks_firm=True),
    ("GET", "/v1/loans"): Row(hides=lambda world, role, side: [loan(world, role, side)["loan_no"]]),
    ("GET", "/v1/loans/{loan_no}"): Row(path=loan),
    ("POST", "/v1/loans/{loan_no}/outcomes"): Row(
        path=loan,
        body=lambda world, role, side: {"months": [{"month_end": "2025-11-30", "days_past_due": 0}]},
    ),
    ("POST", "/v1/assessments/{id}/feedback"): Row(
        owners=LENDERS, path=assessment, body=lambda world, role, side: {"decision": "followed", "code": "agreed"}
    ),
    ("GET", "/v1/feedback/summary"): Row(owners=(Role.BUREAU,)),
    ("POST", "/v1/assessments/{id}/explanation-reviews"): Row(
        owners=(Role.BUREAU,),
        path=assessment,
        body=lambda world, role, side: {
            "reviewer": "R-07",
            "judgements": [{"feature": "operations_leverage_ratio_2y", "verdict": "confirmed"}],
        },
        own=422,
    ),
    ("GET", "/v1/assessments/{id}/explanation-reviews"): Row(owners=LENDERS, path=assessment),
    ("POST", "/v1/back-tests"): Row(owners=LENDERS, body=back_test_body, public=True),
    ("GET", "/v1/back-tests/{id}"): Row(owners=LENDERS, path=back_test),
    ("DELETE", "/v1/back-tests/{id}"): Row(owners=LENDERS, path=back_test, headers=first_version),
    ("GET", "/v1/back-tests/{id}/results"): Row(owners=LENDERS, path=back_test),
    ("GET", "/v1/back-tests/{id}/errors"): Row(owners=LENDERS, path=back_test),
    ("GET", "/v1/explanation-reviews/summary"): Row(owners=(Role.BUREAU,)),
    ("GET", "/v1/models"): Row(public=True),
    ("GET", "/v1/products"): Row(public=True),
    ("POST", "/v1/policy-trials"): Row(
        owners=LENDERS,
        body=lambda world, role, side: {"product": "lukedai", "on": "2025-06-01", "facts": {"amount": "400万"}},
        public=True,
    ),
    ("GET", "/v1/models/{id}"): Row(path=lambda world, role, side: {"id": "none"}, public=True, own=404),
}
"""One row a route."""
