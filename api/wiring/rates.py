"""How are quotas kept in the store, for all instances of the service together?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from data.spec.audit import Action, AuditEvent
from data.store import Store, Work
from data.store.rates import read_buckets, write_bucket
from risk.exchange_limits import read_limits
from risk.quotas import Allowance, Quota, ReducedCapacity, Taking, take


class StoredRates:
    """Take from quotas kept in one store; where the store does not answer, nothing is given."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def admit(self, client: str, quota: Quota, *, now: datetime) -> Allowance:
        """Take one request from a client's quota, unless it asked too much in vain; raise ReducedCapacity."""
        with _closed_on_failure():
            try:
                return self._admit(client, quota, now)
            except IntegrityError:  # Another instance made the client's first row meanwhile: now it is there to lock.
                return self._admit(client, quota, now)

    def _admit(self, client: str, quota: Quota, now: datetime) -> Allowance:
        limits = read_limits(now.date())
        with self._store.work(at=now, durable=False) as work:
            full_at = read_buckets(work, client, [quota, Quota.MISS])
            missed = take(full_at.get(Quota.MISS, 0), limits[Quota.MISS], now=_microseconds(now))
            taking = take(full_at.get(quota, 0), limits[quota], now=_microseconds(now))
            if missed.granted and taking.granted:
                write_bucket(work, client, quota, taking.full_at, new=quota not in full_at)
                work.commit()
        abnormal = 0 if missed.granted else max(missed.seconds_to_one, 1)
        return Allowance(quota=quota, limit=limits[quota], taking=taking, abnormal_seconds=abnormal)

    def note_miss(self, client: str, *, tenant: str, at: datetime, now: datetime) -> None:
        """Count one request in vain; the one that is too many is recorded. Raises ReducedCapacity."""
        with _closed_on_failure():
            try:
                self._note_miss(client, tenant, at, now)
            except IntegrityError:
                self._note_miss(client, tenant, at, now)

    def _note_miss(self, client: str, tenant: str, at: datetime, now: datetime) -> None:
        with self._store.work(at=at) as work:
            full_at = read_buckets(work, client, [Quota.MISS])
            missed = take(full_at.get(Quota.MISS, 0), read_limits(now.date())[Quota.MISS], now=_microseconds(now))
            if missed.granted:
                write_bucket(work, client, Quota.MISS, missed.full_at, new=not full_at)
                _flag(work, tenant, client, missed)
                work.commit()


def _flag(work: Work, tenant: str, client: str, missed: Taking) -> None:
    if missed.remaining == 0:
        work.record(AuditEvent(tenant=tenant, actor=client, action=Action.USAGE_FLAGGED, object_id=client, at=work.at))


def _microseconds(now: datetime) -> int:
    return round(now.timestamp() * 1_000_000)


@contextmanager
def _closed_on_failure() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise ReducedCapacity(
            "服务暂时只能处理较少的请求。", help="请按 Retry-After 稍后用同一个幂等键重发。"
        ) from error
