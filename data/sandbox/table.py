"""How is the sandbox's table read, strictly?"""

from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from data.spec.dated import load_strict
from data.spec.identifiers import parse_identifier

HERE = Path(__file__).parent
LISTS = HERE / "lists"
LATER = HERE / "later"
TWELVE = 12
MARK = "(沙箱)"
"""The mark that every name in the sandbox carries, as answers write it: intake makes wide forms narrow."""


class ConsentKind(StrEnum):
    """Name what an enterprise of the sandbox has allowed an institution for a purpose."""

    FULL = "full"
    NARROW = "narrow"
    """One category of data alone, of which there is none."""
    UNREADABLE = "unreadable"
    """Monitoring without the permission to read the score."""
    EXPIRED = "expired"
    REVOKED = "revoked"
    NONE = "none"


class Row(BaseModel):
    """Be part of the table: frozen, and without a word too many."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Refused(Row):
    """Say with which status and code an asking is refused."""

    http: int
    code: str


class Answer(Row):
    """Say what one asking is answered, in the exchange's own words: http status, and status and code of the body."""

    consent: ConsentKind
    http: int
    status: str | None = None
    code: str | None = None
    score: int | None = None
    grade: str | None = None
    support: str | None = None
    told: str


class SandboxEnterprise(Row):
    """Be one of the twelve: `decision` answers for lending or guaranteeing, `monitoring` after it."""

    number: int
    uscc: str
    name: str
    told: str
    decision: Answer
    monitoring: Answer

    @model_validator(mode="after")
    def _marked(self) -> Self:
        """Refuse a malformed code, and a name that might be taken for a real one."""
        if str(parse_identifier(self.uscc)) != self.uscc or MARK not in self.name:
            raise ValueError(f"enterprise {self.number} is not plainly a sandbox's")
        return self


class Unknown(Row):
    """Name a code that is well-formed and in no list."""

    uscc: str
    told: str
    answer: Refused


class Standing(Row):
    """Say how an earlier assessment stands."""

    status: str
    code: str | None = None


class EarlierAssessment(Row):
    """Be an assessment that an institution holds already, under a fixed id; `objection` is one open against it."""

    enterprise: int
    asker: str
    id: str
    validity: Standing
    objection: str | None = None
    told: str


class History(Row):
    """Say when everything in the sandbox happened, in order; the day of asking comes after it."""

    consents_from: datetime
    consents_to: datetime
    expired_from: datetime
    expired_to: datetime
    built_at: datetime
    revoked_at: datetime
    assessed_at: datetime
    warned_at: datetime
    objected_at: datetime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        """Refuse a history that runs backwards."""
        course = (self.built_at, self.revoked_at, self.assessed_at, self.warned_at, self.objected_at)
        if list(course) != sorted(course):
            raise ValueError("the sandbox's history runs backwards")
        return self


class Sandbox(Row):
    """Hold the whole table."""

    history: History
    unknown: Unknown
    enterprises: tuple[SandboxEnterprise, ...]
    earlier: tuple[EarlierAssessment, ...]

    @model_validator(mode="after")
    def _are_twelve(self) -> Self:
        """Refuse any number of enterprises but twelve, counted from one."""
        if [one.number for one in self.enterprises] != list(range(1, TWELVE + 1)):
            raise ValueError("the sandbox has twelve enterprises, counted from one")
        return self

    def enterprise(self, number: int) -> SandboxEnterprise:
        """Return the enterprise of a number, 1 to 12."""
        return self.enterprises[number - 1]


@cache
def read_sandbox() -> Sandbox:
    """Return the table (data/sandbox/enterprises.yaml)."""
    return Sandbox.model_validate(load_strict((HERE / "enterprises.yaml").read_text(encoding="utf-8")))
