"""What is a party's mark compared with, and how far is it from there?"""

from dataclasses import dataclass
from decimal import Decimal

from risk.joint.words import Dimension, Sheet


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Be what a dimension's marks are compared with: 0 to 100, None with a note where there is nothing."""

    dimension: Dimension
    value: Decimal | None
    what: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Tell how far one sheet's mark is from the reference; beyond the limit the party explains it."""

    sheet: Sheet
    dimension: Dimension
    mark: Decimal
    reference: Decimal
    gap: Decimal
    to_explain: bool
