"""Whose rows may a query find at all?"""

from dataclasses import dataclass

NOBODY = 0
"""The number of no enterprise: numbers begin with one."""


@dataclass(frozen=True, kw_only=True)
class Whose:
    """Say whose rows a query may find: an institution's, those about an enterprise, or everybody's.

    The last is always said, by EVERYBODYS, and never what is left when nothing was said.
    """

    tenant: str | None = None
    enterprise_id: int | None = None
    everybodys: bool = False

    def __post_init__(self) -> None:
        if [self.tenant is not None, self.enterprise_id is not None, self.everybodys].count(True) != 1:
            raise ValueError("rows are a tenant's, about an enterprise, or everybody's: exactly one is said")


EVERYBODYS = Whose(everybodys=True)
"""For the bureau under its duty."""
