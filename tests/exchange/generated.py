"""What does a generator send that knows the service by its OpenAPI document alone, and what comes back?"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from fastapi import FastAPI
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.schemas import BaseSchema

UNDOCUMENTED = "status_code_conformance"
LINKS = ("stateful",)
PHASES = (*LINKS, "examples", "coverage", "fuzzing")
SHORTEST = 8
"""Letters from which on a text in an answer is no chance: the ids that an answer makes up itself are short of these."""
OURS = frozenset({"authorization", "idempotency-key"})
"""Headers that the caller adds; what it is known by is looked for elsewhere (`test_canaries.py`)."""


@dataclass
class Answers:
    """Count what was asked and answered, and keep what should not have been."""

    known: str
    requests: int = 0
    faults: list[str] = field(default_factory=list)
    undocumented: set[str] = field(default_factory=set)
    """Operations with a status that the document does not name."""
    echoes: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    """What the generator could not do; a run with any shows nothing."""
    answered: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """How often by phase, operation and status."""

    def hear(self, event: Any) -> None:
        """Take what the generator tells of its run."""
        if isinstance(event, ScenarioFinished):
            self.look(event.phase.value, event.recorder)
        elif isinstance(event, NonFatalError):
            self.troubles.append(event.info.format())
        elif isinstance(event, FatalError):
            self.troubles.append(repr(event.exception))

    def look(self, phase: str, recorder: Any) -> None:
        """Look at every answer of a scenario."""
        for id, interaction in recorder.interactions.items():
            case, answer = recorder.cases[id].value, interaction.response
            what = f"{phase} {case.operation.label}"
            if answer is None:
                self.troubles.append(f"no answer: {what}")
                continue
            self.requests += 1
            self.answered[phase, case.operation.label, answer.status_code] += 1
            self._judge(case, answer, recorder.checks.get(id, ()), what)

    def _judge(self, case: Any, answer: Any, checks: Any, what: str) -> None:
        failed = {one.name for one in checks if one.status is not Status.SUCCESS}
        if UNDOCUMENTED in failed:
            self.undocumented.add(f"{case.operation.label} {answer.status_code}")
        # 503 is an answer, and declared: a service that is not ready, or busy, says so.
        if failed - {UNDOCUMENTED} and answer.status_code != 503:
            self.faults.append(f"{what} {answer.status_code} {failed}")
        if answer.status_code >= 400:
            given = [one for one in sent(case) if len(one) >= SHORTEST and one not in self.known]
            self.echoes += [f"{what} {one[:60]!r}" for one in given if one in told(answer)]


def sent(case: Any) -> Iterator[str]:
    """Yield every text of a request, names and values."""
    headers = {name: value for name, value in (case.headers or {}).items() if name.lower() not in OURS}
    for part in (case.path_parameters, case.query, headers, case.body):
        yield from texts(part)


def texts(value: Any) -> Iterator[str]:
    """Yield every text within a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from (str(name), *texts(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


def told(answer: Any) -> str:
    """Return what an answer says, as it is written and as it is meant, without the number it made up itself."""
    raw = answer.content.decode("utf-8", "replace")
    heads = "\n".join(value for values in answer.headers.values() for value in values)
    try:
        said = json.loads(raw)
    except ValueError:
        return f"{raw}\n{heads}"
    own = str(said.get("interaction_id")) if isinstance(said, dict) else ""
    return "\n".join([raw, heads, *texts(said)]).replace(own, "")


def run(app: FastAPI, *, caller: Any, examples: int, phases: tuple[str, ...], firms: tuple[str, ...]) -> Answers:
    """Send what the document allows and what it does not; the same every time. `caller` gives headers to a route."""
    answers = Answers(known=json.dumps(app.openapi(), ensure_ascii=False))
    # Links come first, on their own: the ids of other phases' answers would lead them elsewhere every time.
    for together in (LINKS, tuple(phase for phase in PHASES if phase not in LINKS)):
        chosen = tuple(phase for phase in together if phase in phases)
        schema = schemathesis.openapi.from_asgi("/openapi.json", app=app, config=_config(examples, chosen, firms))
        _introduce(schema, caller)
        for event in from_schema(schema).execute() if chosen else ():
            answers.hear(event)
    return answers


def _config(examples: int, phases: tuple[str, ...], firms: tuple[str, ...]) -> SchemathesisConfig:
    """Return a run that is the same every time, and mostly asks about firms that there are: so answers go deep."""
    body = {
        "body.enterprise.scheme": ["uscc"],
        "body.enterprise.value": list(firms),
        "body.as_of": ["2025-12-31"],
        "body.product": ["lukedai"],
    }
    return SchemathesisConfig.from_dict(
        {
            "seed": 20260101,
            "request-timeout": 120,
            "generation": {"max-examples": examples, "deterministic": True, "with-security-parameters": False},
            "dictionaries": {name: {"values": values} for name, values in body.items()},
            "parameters": {name: {"dictionary": name, "probability": 0.8} for name in body},
            "phases": {
                **{name: {"enabled": name in phases} for name in PHASES},
                "stateful": {"enabled": "stateful" in phases, "generation": {"max-examples": max(150, 5 * examples)}},
            },
            "checks": {"enabled": False, "not_a_server_error": {"enabled": True}, UNDOCUMENTED: {"enabled": True}},
        }
    )


def _introduce(schema: BaseSchema, caller: Any) -> None:
    """Let every request be that of a valid caller, with a key of its own where the generator gave none."""

    @schema.auth(refresh_interval=None)
    class _Caller:
        def get(self, case: Any, context: Any) -> bool:
            return True

        def set(self, case: Any, data: bool, context: Any) -> None:
            headers = caller((case.operation.method.upper(), case.operation.path))
            case.headers["Authorization"] = headers["Authorization"]
            case.headers.setdefault("Idempotency-Key", headers["Idempotency-Key"])
