"""What did an evaluation come to, and does it still hold?"""

from datetime import date

from data.spec.errors import Refusal
from risk.joint.application import Application
from risk.joint.states import Move
from risk.joint.words import Conclusion


class OverrideExpired(Refusal):
    """The conclusion was an override, and its days are over."""

    code = "override-expired"
    status = 409


def concluded(application: Application) -> Conclusion:
    """Return what the evaluation came to."""
    made = application.last(Move.CONCLUDE)
    assert made is not None
    return Conclusion(made.details["conclusion"])


def check_conclusion(application: Application, *, on: date) -> None:
    """Raise OverrideExpired where the conclusion was an override whose days are over."""
    made = application.last(Move.CONCLUDE)
    until = made.details.get("expires_on") if made else None
    if until and on >= date.fromisoformat(until):
        raise OverrideExpired(f"推翻建议作出的结论已于{until}失效。", help="请撤回后重新申请、重新评价。")
