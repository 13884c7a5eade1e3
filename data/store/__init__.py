"""The only room that speaks SQL: what is known, since when, from which file, and who did what."""

from data.store import orm_applications as orm_applications
from data.store import orm_back_tests as orm_back_tests
from data.store import orm_clients as orm_clients
from data.store import orm_exchange as orm_exchange
from data.store import orm_objections as orm_objections
from data.store import orm_reports as orm_reports
from data.store import orm_reviews as orm_reviews
from data.store import orm_scoring as orm_scoring
from data.store import orm_webhooks as orm_webhooks
from data.store.store import Store
from data.store.work import Work

__all__ = ["Store", "Work"]
