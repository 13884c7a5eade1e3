"""When will a client's quota be whole again?"""

from collections.abc import Collection

from sqlalchemy import insert, select, update

from data.store.orm_scoring import RATE_BUCKET
from data.store.work import Work


def read_buckets(work: Work, client: str, quotas: Collection[str]) -> dict[str, int]:
    """Return since when (microseconds of the epoch) quotas of a client are whole, by name; locked while work lasts.

    A quota of which nothing was ever taken is not among them.
    """
    table = RATE_BUCKET.c
    query = select(table.quota, table.full_at).where(table.client == client, table.quota.in_(sorted(quotas)))
    return dict(work.connection.execute(query.with_for_update()).all())


def write_bucket(work: Work, client: str, quota: str, full_at: int, *, new: bool) -> None:
    """Keep since when a quota of a client will be whole; IntegrityError where another made a new one first."""
    table = RATE_BUCKET.c
    if new:
        work.connection.execute(insert(RATE_BUCKET).values(client=client, quota=quota, full_at=full_at))
    else:
        change = update(RATE_BUCKET).where(table.client == client, table.quota == quota)
        work.connection.execute(change.values(full_at=full_at))
