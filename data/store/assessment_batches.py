"""Which batches of assessments were asked for, and what became of each enterprise?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert

from data.spec.access import Purpose
from data.spec.batches import AssessmentBatch, BatchItem, BatchState, BatchWish, ItemState
from data.store.orm_scoring import ASSESSMENT_BATCH, ASSESSMENT_BATCH_ITEM
from data.store.queues import Queue, common
from data.store.work import Work


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


def settle_made(work: Work, batch: AssessmentBatch, position: int, *, assessment_id: str) -> None:
    """Keep an item's assessment."""
    BATCHES.settle(work, batch, position, state=ItemState.MADE, assessment_id=assessment_id)


def _batch(row: Row[Any], counts: Mapping[ItemState, int]) -> AssessmentBatch:
    wish = BatchWish(purpose=Purpose(row.purpose), as_of=row.as_of, relative_to=row.relative_to)
    return AssessmentBatch(wish=wish, **common(row, counts))


def _item(row: Row[Any]) -> BatchItem:
    return BatchItem(
        position=row.position,
        state=ItemState(row.state),
        identifier=row.identifier,
        assessment_id=row.assessment_id,
        code=row.code,
    )


BATCHES = Queue(ASSESSMENT_BATCH, ASSESSMENT_BATCH_ITEM, owner="batch_id", read_work=_batch, read_item=_item)
