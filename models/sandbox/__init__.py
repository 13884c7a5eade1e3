"""Which model answers in every sandbox, the same to the last bit on every machine?

It is shipped as files, since a fit may differ by a bit between processors and a grade must not. Nothing in it is real:
`models.sandbox.recipe` draws its rows and trains it.
"""

from datetime import datetime
from pathlib import Path

from models.register import Promotion, Register
from models.shelf import load
from models.woe import WoeScorecard

FILES = Path(__file__).parent / "files"
MODEL = FILES / "model"
BASELINE = FILES / "baseline.json"


def shelve_sandbox(shelf: Path, *, by: str, at: datetime) -> Promotion:
    """Put the sandbox's model on a shelf with the simpler card beside it, and let it answer; raise ModelDamaged."""
    model, card = load(MODEL)
    register = Register(shelf)
    register.shelve(model, card)
    register.keep_baseline(card.name, WoeScorecard.from_json(BASELINE.read_text(encoding="utf-8")))
    return register.promote(card.purpose.card, card.name, by=by, at=at, reason="沙箱的固定模型，随建库启用")
