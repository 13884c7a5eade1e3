"""What does support come to for an application: who bears a loss, who pays what, what does the loan cost the firm?

It is worked out once, when the sheets open, and kept with the opening: later facts and later rules change no paper that
was signed. The PD is left out: in a joint evaluation the model speaks as grade and points alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from risk.policies.cost import FirmCost
from risk.policies.facts import Value
from risk.policies.limit import Limit
from risk.policies.losses import PartyLoss
from risk.policies.parameters import UNVERIFIED_MARK, Used
from risk.policies.product import Product
from risk.policies.support import Paid
from risk.policies.trial import try_product


@dataclass(frozen=True, kw_only=True)
class Support:
    """Hold what support comes to in yuan, by the rules of a day; None and a note where it cannot be worked out.

    `sharing` tells how the product divides a loss; `parties` who bears how much, without support and with it.
    """

    on: date
    illustrative: bool
    exposure: Decimal | None
    sharing: str
    parties: tuple[PartyLoss, ...]
    benefits: tuple[Paid, ...]
    cost: FirmCost | None
    limit: Limit | None
    notes: tuple[str, ...]
    unverified: tuple[Used, ...]

    @property
    def loss_mark(self) -> str:
        """Return what must be written behind the losses: no loss rate of theirs is verified as long as one is not."""
        return UNVERIFIED_MARK if any(one.name.startswith("lgd_") for one in self.unverified) else ""


_RECORD = TypeAdapter(Support)


def support_record(support: Support) -> dict[str, Any]:
    """Return the support as plain JSON values; numbers are text."""
    record: dict[str, Any] = _RECORD.dump_python(support, mode="json")
    return record


def support_from(record: Mapping[str, Any]) -> Support:
    """Return the support that was kept."""
    return _RECORD.validate_python(record)


def support_of(product: Product, facts: Mapping[str, Value], *, on: date) -> Support:
    """Return what support comes to on facts, by the rules of the day. Pure, and no facts raise."""
    trial = try_product(product, facts, on=on)
    return Support(
        on=on,
        illustrative=trial.illustrative,
        exposure=trial.losses.exposure if trial.losses else None,
        sharing=trial.covered.formula if trial.covered else "",
        parties=trial.losses.parties if trial.losses else (),
        benefits=trial.benefits,
        cost=trial.cost,
        limit=trial.limit,
        notes=trial.notes,
        unverified=trial.unverified,
    )
