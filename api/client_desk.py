"""What may a door ask of clients, the machines of institutions?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from data.spec.clients import Client, ClientBook
from data.spec.identifiers import Identifier
from risk.permissions import Role, Scope

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

    from api.oauth.keys import SigningKeys


@dataclass(frozen=True, kw_only=True)
class NewClient:
    """Say which machine may ask, for whom, with which keys, for what, and from where.

    The keys are handed over (`keys`, a JWKS) or published by the machine itself (`jwks_uri`), one of the two. `name`
    is the institution's, needed where it is not known yet; `subject` the enterprise that asks about itself.
    """

    id: str
    institution: str
    name: str | None
    role: Role
    scopes: frozenset[Scope]
    keys: str | None = None
    jwks_uri: str | None = None
    networks: tuple[str, ...] = ()
    subject: Identifier | None = None


class ClientDesk(ClientBook, Protocol):
    """Register clients, replace their keys, end them; each is recorded."""

    def register(self, wanted: NewClient, *, at: datetime) -> Client:
        """Register a client; raise a Refusal, of what is unsuitable in it or of a client that exists."""

    def replace_keys(self, id: str, keys: str | None = None, *, jwks_uri: str | None = None, at: datetime) -> Client:
        """Let a client sign with other keys, or those at an address.

        Raises ClientUnknown, ClientEnded, KeysUnsuitable, KeysUnavailable, OneKeySource.
        """

    def find_keys(self, client: Client, *, kid: object, at: datetime) -> "KeySet":
        """Return a client's keys; at its own address a name that is unknown is asked for. Raise KeysUnavailable."""

    def revoke(self, id: str, *, at: datetime) -> Client:
        """End a client for good; raise ClientUnknown, ClientEnded."""

    def rotate_signing_keys(self, path: Path, *, at: datetime) -> "SigningKeys":
        """Let the service sign with a new key; the last one verifies still."""

    def list_clients(self, *, at: datetime) -> Sequence[Client]:
        """List all clients."""
