"""Who reads, for what purpose, on what basis, at which instant?"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

BUREAU = "bureau"
"""The institution code of the science and technology bureau itself."""


class Purpose(StrEnum):
    """Say what a reading is for; the consent's purpose selects the card (method.md 2)."""

    PRE_LOAN = "pre_loan"
    MONITORING = "monitoring"
    GUARANTEE = "guarantee"
    JOINT_EVALUATION = "joint_evaluation"
    BACK_TEST = "back_test"
    TRAINING = "training"
    INTAKE = "intake"


class Duty(StrEnum):
    """Name a recorded duty on which the bureau may read without a consent (征信业管理条例 art. 2(4))."""

    BUREAU_DUTY = "bureau_duty"


@dataclass(frozen=True)
class ConsentBasis:
    """Rest a reading on one version of one consent."""

    consent_id: str
    version: int


@dataclass(frozen=True, kw_only=True)
class Access:
    """Carry who reads what for; the one argument of every read of enterprise-level data.

    A tenant sees its own rows, and the categories that the basis opens; `categories` None opens all. `withheld` names
    banks and firms: what such a bank reported of such a firm is not learned from.
    """

    tenant: str
    actor: str
    purpose: Purpose
    basis: ConsentBasis | Duty
    at: datetime
    categories: frozenset[str] | None = None
    withheld: frozenset[tuple[str, int]] = frozenset()

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("Access.at must carry a time zone")


def bureau_access(actor: str, *, at: datetime, purpose: Purpose = Purpose.PRE_LOAN) -> Access:
    """Read as the bureau under its duty, as the command line, intake and training do (decision 14)."""
    return Access(tenant=BUREAU, actor=actor, purpose=purpose, basis=Duty.BUREAU_DUTY, at=at)
