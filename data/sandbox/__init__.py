"""Which twelve enterprises does every sandbox hold, and what must each answer?

`enterprises.yaml` is the one table; lists/ are the official lists that make the answers so, later/ what became known
after the first assessments. All of it goes through the intake like any other file. Nothing in it is real: every name
carries the mark 沙箱, and every code an administrative division that does not exist.
"""

from data.sandbox.table import (
    LATER,
    LISTS,
    Answer,
    ConsentKind,
    EarlierAssessment,
    Sandbox,
    SandboxEnterprise,
    read_sandbox,
)

__all__ = [
    "LATER",
    "LISTS",
    "Answer",
    "ConsentKind",
    "EarlierAssessment",
    "Sandbox",
    "SandboxEnterprise",
    "read_sandbox",
]
