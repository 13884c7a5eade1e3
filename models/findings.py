"""What did a fit or a prediction notice that a reader should know, though it may proceed?"""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["info", "warning"]


@dataclass(frozen=True)
class Finding:
    """Say in Chinese what was noticed, and in which columns.

    `code` is stable and kebab-case; `help` says what to do about it, where something can be done.
    """

    code: str
    severity: Severity
    message: str
    columns: tuple[str, ...] = ()
    help: str = ""


def first_three(names: list[str] | tuple[str, ...]) -> str:
    """Write the first three names, and how many there are when there are more."""
    shown = "、".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} 等 {len(names)} 列"
