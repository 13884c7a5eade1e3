"""How does someone at a terminal say for which institution they act?"""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.application_desk import Acting

BUREAU = "bureau"
As = Annotated[
    str, typer.Option("--as", metavar="机构[/身份[/姓名]]", help="如 demo-bank-1、bureau/评审、bureau/经办/姓名。")
]


def read_acting(text: str) -> "Acting":
    """Read institution, capacity and person, the last two optional."""
    from api.application_desk import Acting

    institution, _, rest = text.partition("/")
    role, _, person = rest.partition("/")
    return Acting(institution=institution.strip(), role=role.strip() or None, person=person.strip() or None)
