"""What is the probability that this row defaults, and why: on any table, with no database in sight?

Four names are public: fit, explain, Model and compare. They load when first asked for, so that `import models` stays
light.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.comparison import compare
    from models.contributions import explain
    from models.fitted import Model
    from models.training import fit

__all__ = ["Model", "compare", "explain", "fit"]

_HOME = {
    "Model": "models.fitted",
    "compare": "models.comparison",
    "explain": "models.contributions",
    "fit": "models.training",
}


def __getattr__(name: str) -> object:
    """Load a public name from the module it lives in."""
    if name not in _HOME:
        raise AttributeError(f"module 'models' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """List the public names beside the module's own."""
    return sorted({*globals(), *__all__})
