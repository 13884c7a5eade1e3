"""How is the store opened that the settings name, and how does it write its audit log?"""

from datetime import date, datetime
from typing import TYPE_CHECKING

from api.secret import derive_key, keep_secret
from data.spec.digests import Digest
from data.store import Store
from data.store.audit import Chaining

if TYPE_CHECKING:
    from api.settings import Settings


def open_store(settings: "Settings") -> Store:
    """Open the store that stands there; raise a Refusal where no sound one does."""
    return Store.open(settings.database_url, chaining=chaining_of(settings))


def create_store(
    settings: "Settings", *, at: datetime, demonstration_today: date | None = None, sandbox: bool = False
) -> Store:
    """Make a store there; raise StoreExists where one stands."""
    return Store.create(
        settings.database_url,
        at=at,
        demonstration_today=demonstration_today,
        sandbox=sandbox,
        chaining=chaining_of(settings),
    )


def chaining_of(settings: "Settings") -> Chaining:
    """Return how the audit log is written: the digest that is set, and the installation's key for references."""
    digest = Digest(settings.digest)
    if settings.database is not None:
        settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Where no state folder is there is no store either, and a refused command leaves nothing behind.
    if not settings.state.is_dir():
        return Chaining(digest)
    return Chaining(digest, derive_key(keep_secret(settings.secret_file), "audit-reference"))
