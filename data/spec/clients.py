"""Which machines may ask in an institution's name, and what was each granted?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Client:
    """Register one machine of an institution: its public keys (a JWKS), granted scopes, and networks it comes from.

    Where it publishes its keys itself, `jwks_uri` says where, and `keys` are those fetched at `keys_fetched_at`.

    `kind` is what it acts as; `subject` the enterprise's internal id where an enterprise asks about itself; without
    `networks` it may come from anywhere; `revoked_at` ends it for good.
    """

    id: str
    institution: str
    institution_name: str
    kind: str
    scopes: frozenset[str]
    keys: str
    networks: tuple[str, ...]
    subject: int | None
    registered_at: datetime
    revoked_at: datetime | None = None
    jwks_uri: str | None = None
    keys_fetched_at: datetime | None = None


class ClientBook(Protocol):
    """Know clients, and which tokens were seen before; the one place both live is the store."""

    def find_client(self, id: str) -> Client | None:
        """Return a registered client, revoked or not."""

    def take_once(self, mark: str, *, until: datetime, at: datetime) -> bool:
        """Note a token's mark until an instant; False where it was noted before, by whichever worker."""
