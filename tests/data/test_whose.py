"""A query says whose rows it may find, and finds no other's."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, create_engine, insert, select

from data.spec.whose import EVERYBODYS, NOBODY, Whose
from data.store.whose import within

ROWS = Table("rows", MetaData(), Column("bank", Text), Column("firm", Integer))
HELD = [("a", 1), ("a", 2), ("b", 1)]
FOUND = {
    "a tenant's": (Whose(tenant="a"), [("a", 1), ("a", 2)]),
    "about an enterprise": (Whose(enterprise_id=1), [("a", 1), ("b", 1)]),
    "a stranger's": (Whose(tenant="c"), []),
    "about no enterprise": (Whose(enterprise_id=NOBODY), []),
    "everybody's": (EVERYBODYS, HELD),
}


@pytest.mark.parametrize(("whose", "found"), FOUND.values(), ids=FOUND.keys())
def test_only_their_rows_are_found(whose: Whose, found: list[tuple[str, int]]) -> None:
    with create_engine("sqlite://").connect() as connection:
        ROWS.metadata.create_all(connection)
        connection.execute(insert(ROWS), [{"bank": bank, "firm": firm} for bank, firm in HELD])
        wanted = select(ROWS).where(within(whose, tenant=ROWS.c.bank, enterprise_id=ROWS.c.firm))

        assert [tuple(row) for row in connection.execute(wanted)] == found


@pytest.mark.parametrize("said", [{}, {"tenant": "a", "enterprise_id": 1}, {"tenant": "a", "everybodys": True}])
def test_nothing_said_is_not_everything(said: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Whose(**said)  # type: ignore[arg-type]
