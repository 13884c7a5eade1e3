"""Which batches of assessments were asked for, and how far is each?

The tenant is part of every query; what is another tenant's is as if it were not there.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update

from data.spec.access import Purpose
from data.spec.batches import AssessmentBatch, BatchItem, BatchState, BatchWish, ItemState
from data.store.orm_scoring import ASSESSMENT_BATCH, ASSESSMENT_BATCH_ITEM
from data.store.work import Work

OPEN = [str(state) for state in BatchState if state.is_open]


def write_batch(
    work: Work, id: str, *, tenant: str, wish: BatchWish, items: Sequence[BatchItem], expires_at: datetime
) -> None:
    """Keep a new batch with all its items."""
    work.connection.execute(
        insert(ASSESSMENT_BATCH).values(
            id=id,
            tenant=tenant,
            purpose=str(wish.purpose),
            as_of=wish.as_of,
            relative_to=wish.relative_to,
            state=str(BatchState.QUEUED),
            version=1,
            attempts=0,
            created_at=work.at,
            expires_at=expires_at,
        )
    )
    work.connection.execute(
        insert(ASSESSMENT_BATCH_ITEM),
        [
            {
                "batch_id": id,
                "position": item.position,
                "identifier": item.identifier,
                "state": str(item.state),
                "code": item.code,
            }
            for item in items
        ],
    )


def find_batch(work: Work, id: str, *, tenant: str) -> AssessmentBatch | None:
    """Find a batch of this tenant that has not expired; None where it has none by this id."""
    table = ASSESSMENT_BATCH.c
    return _found(work, select(ASSESSMENT_BATCH).where(table.id == id, table.tenant == tenant))


def next_open(work: Work) -> AssessmentBatch | None:
    """Return the open batch that has waited longest for its turn, kept from other workers while the work lasts."""
    table = ASSESSMENT_BATCH.c
    turn = select(ASSESSMENT_BATCH).where(table.state.in_(OPEN))
    turn = turn.order_by(table.worked_at.asc().nulls_first(), table.id).limit(1)
    return _found(work, turn.with_for_update(skip_locked=True))


def lock_batch(work: Work, id: str, *, tenant: str) -> AssessmentBatch | None:
    """Find a batch as `find_batch` does, and keep it from others while the work lasts."""
    table = ASSESSMENT_BATCH.c
    found = select(ASSESSMENT_BATCH).where(table.id == id, table.tenant == tenant)
    return _found(work, found.with_for_update())


def note_attempt(work: Work, batch: AssessmentBatch) -> None:
    """Note that the batch's next item is about to be tried."""
    _change(work, batch, attempts=batch.attempts + 1, worked_at=work.at)


def move_batch(work: Work, batch: AssessmentBatch, state: BatchState) -> None:
    """Bring the batch into another state, which is a new version of it."""
    ended = {} if state.is_open else {"ended_at": work.at}
    _change(work, batch, state=str(state), version=batch.version + 1, **ended)


def first_waiting(work: Work, batch: AssessmentBatch) -> BatchItem | None:
    """Return the first item that nothing has become of yet."""
    items = list_items(work, batch, states=[ItemState.WAITING], after=-1, limit=1)
    return items[0] if items else None


def list_items(
    work: Work, batch: AssessmentBatch, *, states: Collection[ItemState], after: int, limit: int
) -> list[BatchItem]:
    """List items in some states beyond a position, in the order of the request."""
    table = ASSESSMENT_BATCH_ITEM.c
    rows = work.connection.execute(
        select(ASSESSMENT_BATCH_ITEM)
        .where(table.batch_id == batch.id, table.state.in_(sorted(states)), table.position > after)
        .order_by(table.position)
        .limit(limit)
    )
    return [
        BatchItem(
            position=row.position,
            state=ItemState(row.state),
            identifier=row.identifier,
            assessment_id=row.assessment_id,
            code=row.code,
        )
        for row in rows
    ]


def settle_item(
    work: Work, batch: AssessmentBatch, position: int, *, assessment_id: str | None = None, code: str | None = None
) -> None:
    """Keep what became of an item: an assessment, or a refusal by its code; the next item is tried afresh."""
    table = ASSESSMENT_BATCH_ITEM.c
    state = ItemState.MADE if assessment_id else ItemState.REFUSED
    work.connection.execute(
        update(ASSESSMENT_BATCH_ITEM)
        .where(table.batch_id == batch.id, table.position == position)
        .values(state=str(state), assessment_id=assessment_id, code=code, identifier=None)
    )
    _change(work, batch, attempts=0)


def cancel_waiting(work: Work, batch: AssessmentBatch) -> None:
    """Let nothing more become of the items that wait."""
    table = ASSESSMENT_BATCH_ITEM.c
    work.connection.execute(
        update(ASSESSMENT_BATCH_ITEM)
        .where(table.batch_id == batch.id, table.state == str(ItemState.WAITING))
        .values(state=str(ItemState.CANCELLED), identifier=None)
    )


def _change(work: Work, batch: AssessmentBatch, **values: object) -> None:
    table = ASSESSMENT_BATCH.c
    work.connection.execute(
        update(ASSESSMENT_BATCH).where(table.id == batch.id, table.tenant == batch.tenant).values(**values)
    )


def _found(work: Work, query: Select[Any]) -> AssessmentBatch | None:
    row = work.connection.execute(query.where(ASSESSMENT_BATCH.c.expires_at > work.at)).first()
    return None if row is None else _batch(row, _counts(work, row.id))


def _counts(work: Work, id: str) -> dict[ItemState, int]:
    table = ASSESSMENT_BATCH_ITEM.c
    rows = work.connection.execute(
        select(table.state, func.count()).where(table.batch_id == id).group_by(table.state)
    ).all()
    return {ItemState(state): int(number) for state, number in rows}


def _batch(row: Row[Any], counts: dict[ItemState, int]) -> AssessmentBatch:
    return AssessmentBatch(
        id=row.id,
        tenant=row.tenant,
        wish=BatchWish(purpose=Purpose(row.purpose), as_of=row.as_of, relative_to=row.relative_to),
        state=BatchState(row.state),
        version=row.version,
        attempts=row.attempts,
        created_at=row.created_at,
        ended_at=row.ended_at,
        expires_at=row.expires_at,
        counts=counts,
    )
