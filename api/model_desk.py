"""What may the doors ask about the models on the shelf, and in which words?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


class ModelStatus(StrEnum):
    """Name where a model stands."""

    CHAMPION = "champion"
    SHELVED = "shelved"
    RETIRED = "retired"


@dataclass(frozen=True, kw_only=True)
class MeasuredFigure:
    """Tell one figure of a model on rows that its fit had not seen, with its 95 % interval where one was kept."""

    name: str
    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class MeasuredOn:
    """Tell the figures on one set of rows."""

    name: str
    label: str
    rows: int
    defaults: int
    figures: tuple[MeasuredFigure, ...]


@dataclass(frozen=True, kw_only=True)
class ScaleGrade:
    """Tell one grade of the master scale: PDs in [pd_from, pd_below), displayed scores from and to."""

    code: str
    label: str
    pd_from: float
    pd_below: float
    score_from: int
    score_to: int


@dataclass(frozen=True, kw_only=True)
class ShelvedModel:
    """Tell what a validator must know of one model."""

    id: str
    seal: str
    status: ModelStatus
    card: str
    label: str
    horizon_months: int
    label_definition: str
    trained_on: date
    demonstration: bool
    live_use: bool
    rows: int
    defaults: int
    defaulted_firms: int
    base_rate: float
    anchor: str
    measured: tuple[MeasuredOn, ...]
    grades: tuple[ScaleGrade, ...]
    features: tuple[str, ...]
    findings: tuple[str, ...]


class ModelDesk(Protocol):
    """Tell which models stand on the shelf."""

    def list_models(self) -> Sequence[ShelvedModel]:
        """Return every model whose files are whole, by name."""

    def read_model(self, id: str) -> ShelvedModel | None:
        """Return one model; None where none bears the name; raise a Refusal where its files are not whole."""
