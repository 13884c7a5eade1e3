"""How is it kept that a query finds nothing of a stranger's?"""

from typing import Any

from sqlalchemy import Column, ColumnElement, true

from data.spec.whose import Whose


def within(whose: Whose, *, tenant: Column[Any], enterprise_id: Column[Any]) -> ColumnElement[bool]:
    """Return the condition under which a row is one of theirs."""
    if whose.everybodys:
        return true()
    return tenant == whose.tenant if whose.tenant is not None else enterprise_id == whose.enterprise_id
