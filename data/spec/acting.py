"""For which tenant does this request act? The second net under the tenant that every query names.

The door says it once per request; a database that knows row-level security then shows no other tenant's rows, also
to a query that forgot to ask. Whoever says nothing acts as the house itself under the bureau's duty: command line,
intake, training.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TENANT: ContextVar[str | None] = ContextVar("tenant", default=None)


def acting_tenant() -> str | None:
    """Return the tenant that this request acts for; None: the house itself, under the bureau's duty."""
    return _TENANT.get()


@contextmanager
def acting_for(tenant: str | None) -> Iterator[None]:
    """Act for a tenant within; threads that the request starts from here inherit it."""
    before = _TENANT.set(tenant)
    try:
        yield
    finally:
        _TENANT.reset(before)
