"""How are long works kept, and whose turn is it?

Works of one kind stand in one table, their items in another. The tenant is part of every query but the worker's: what
is another tenant's is as if it were not there.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, Select, Table, func, select, update

from data.spec.batches import BatchState, ItemState, LongWork, WorkItem
from data.store.work import Work

Kept = TypeVar("Kept", bound=LongWork)
Item = TypeVar("Item", bound=WorkItem)

OPEN = [str(state) for state in BatchState if state.is_open]


class Queue(Generic[Kept, Item]):
    """Keep the works of one kind.

    `owner` names the column of `items` that says whose item it is; `read_work` makes a work of its row and the number
    of its items in each state, `read_item` an item of its row.
    """

    def __init__(
        self,
        works: Table,
        items: Table,
        *,
        owner: str,
        read_work: Callable[[Row[Any], Mapping[ItemState, int]], Kept],
        read_item: Callable[[Row[Any]], Item],
    ) -> None:
        self._works, self._items, self._owner = works, items, items.c[owner]
        self._read_work, self._read_item = read_work, read_item

    def find(self, work: Work, id: str, *, tenant: str) -> Kept | None:
        """Find a work of this tenant that has not expired; None where it has none by this id."""
        return self._found(work, self._own(id, tenant))

    def lock(self, work: Work, id: str, *, tenant: str) -> Kept | None:
        """Find a work as `find` does, and keep it from others while the unit of work lasts."""
        return self._found(work, self._own(id, tenant).with_for_update())

    def next_open(self, work: Work) -> Kept | None:
        """Return the open work that has waited longest for its turn, kept from other workers meanwhile."""
        table = self._works.c
        turn = select(self._works).where(table.state.in_(OPEN))
        turn = turn.order_by(table.worked_at.asc().nulls_first(), table.id).limit(1)
        return self._found(work, turn.with_for_update(skip_locked=True))

    def note_attempt(self, work: Work, one: Kept) -> None:
        """Note that the next item is about to be tried."""
        self._change(work, one, attempts=one.attempts + 1, worked_at=work.at)

    def move(self, work: Work, one: Kept, state: BatchState) -> None:
        """Bring a work into another state, which is a new version of it."""
        ended = {} if state.is_open else {"ended_at": work.at}
        self._change(work, one, state=str(state), version=one.version + 1, **ended)

    def list_items(
        self, work: Work, one: Kept, *, states: Collection[ItemState], after: int = -1, limit: int
    ) -> list[Item]:
        """List items in some states beyond a position, in the order of the request."""
        table = self._items.c
        rows = work.connection.execute(
            select(self._items)
            .where(self._owner == one.id, table.state.in_(sorted(states)), table.position > after)
            .order_by(table.position)
            .limit(limit)
        )
        return [self._read_item(row) for row in rows]

    def first_waiting(self, work: Work, one: Kept) -> Item | None:
        """Return the first item that nothing has become of yet."""
        items = self.list_items(work, one, states=[ItemState.WAITING], limit=1)
        return items[0] if items else None

    def settle(self, work: Work, one: Kept, position: int, *, state: ItemState, **values: object) -> None:
        """Keep what became of an item; the next one is tried afresh."""
        work.connection.execute(
            update(self._items)
            .where(self._owner == one.id, self._items.c.position == position)
            .values(state=str(state), identifier=None, **values)
        )
        self._change(work, one, attempts=0)

    def refuse(self, work: Work, one: Kept, position: int, *, code: str) -> None:
        """Keep why an item was refused."""
        self.settle(work, one, position, state=ItemState.REFUSED, code=code)

    def cancel_waiting(self, work: Work, one: Kept) -> None:
        """Let nothing more become of the items that wait."""
        work.connection.execute(
            update(self._items)
            .where(self._owner == one.id, self._items.c.state == str(ItemState.WAITING))
            .values(state=str(ItemState.CANCELLED), identifier=None)
        )

    def _own(self, id: str, tenant: str) -> Select[Any]:
        return select(self._works).where(self._works.c.id == id, self._works.c.tenant == tenant)

    def _change(self, work: Work, one: Kept, **values: object) -> None:
        table = self._works.c
        mine = table.id == one.id, table.tenant == one.tenant
        work.connection.execute(update(self._works).where(*mine).values(**values))

    def _found(self, work: Work, query: Select[Any]) -> Kept | None:
        row = work.connection.execute(query.where(self._works.c.expires_at > work.at)).first()
        return None if row is None else self._read_work(row, self._counts(work, row.id))

    def _counts(self, work: Work, id: str) -> dict[ItemState, int]:
        table = self._items.c
        counted = select(table.state, func.count()).where(self._owner == id).group_by(table.state)
        return {ItemState(state): int(number) for state, number in work.connection.execute(counted)}


def common(row: Row[Any], counts: Mapping[ItemState, int]) -> dict[str, Any]:
    """Return what a row of any kind says of its work."""
    named = ("id", "tenant", "version", "attempts", "created_at", "ended_at", "expires_at")
    return {**{name: getattr(row, name) for name in named}, "state": BatchState(row.state), "counts": counts}
