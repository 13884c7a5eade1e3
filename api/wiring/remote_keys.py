"""Which keys does a client sign with that publishes them itself? Those fetched last, while they may be believed.

They are kept in the store: every worker uses the same, and asks for new ones only in its turn.
"""

from collections import defaultdict
from datetime import datetime
from threading import Lock

from joserfc.jwk import KeySet

from api.oauth.jose import TokenFault, public_keys
from api.wiring.key_fetching import FetchKeys
from api.wiring.visits import visit
from data.spec.access import BUREAU
from data.spec.acting import acting_for
from data.spec.audit import Action, AuditEvent
from data.spec.clients import Client
from data.store import Store
from data.store.clients import find_client, keep_fetched_keys, take_turn
from risk.client_keys import KeysUnavailable, KeyTerms, read_key_terms

ACTOR = "jwks_uri"
"""Who replaced the keys, in the audit log: the client itself, at its address."""


class RemoteKeys:
    """Find a client's keys, from the store or its own address."""

    def __init__(self, store: Store, fetch: FetchKeys) -> None:
        self._store, self._fetch = store, fetch
        self._fetching: defaultdict[str, Lock] = defaultdict(Lock)

    def find(self, client: Client, *, kid: object, at: datetime) -> KeySet:
        """Return the keys; fetched anew where they are too old, or do not know the name. Raise KeysUnavailable."""
        terms = read_key_terms(at.date())
        kept = _believed(client, at, terms)
        if kept is not None and _knows(kept, kid):
            return kept
        # Who comes while the keys are fetched waits for them, and is not refused. The house itself does it.
        with self._fetching[client.id], acting_for(None):
            return self._renewed(client.id, kid, at, terms)

    def _renewed(self, id: str, kid: object, at: datetime, terms: KeyTerms) -> KeySet:
        client, turn = self._turn(id, kid, at, terms)
        kept = _believed(client, at, terms)
        try:
            if turn:
                return self._fetched(client, at, terms)
        except (KeysUnavailable, TokenFault):
            pass  # What is still believed serves on; the client's own server is no reason to shut it out.
        if kept is None:
            raise KeysUnavailable(
                "登记的公钥地址没有给出可用的公钥。",
                help=f"请使该地址给出一个只含公钥的 JWKS，{int(terms.again.total_seconds())} 秒后再试。",
            )
        return kept

    def _turn(self, id: str, kid: object, at: datetime, terms: KeyTerms) -> tuple[Client, bool]:
        """Return the client as it is now, and whether its keys are to be fetched by us, and now."""
        with visit(self._store, at) as work:
            client = find_client(work, id)
            if client is None or client.jwks_uri is None:
                raise TokenFault("keys were replaced")
            kept = _believed(client, at, terms)
            turn = (kept is None or not _knows(kept, kid)) and take_turn(work, id, again=terms.again)
            work.commit()
        return client, turn

    def _fetched(self, client: Client, at: datetime, terms: KeyTerms) -> KeySet:
        text = self._fetch(str(client.jwks_uri), terms=terms)
        keys = public_keys(text)
        audit = AuditEvent(tenant=BUREAU, actor=ACTOR, action=Action.KEYS_REPLACED, object_id=client.id, at=at)
        with visit(self._store, at) as work:
            keep_fetched_keys(work, client, text, audit=audit)
            work.commit()
        return keys


def _believed(client: Client, at: datetime, terms: KeyTerms) -> KeySet | None:
    """Return the kept keys while they are young enough."""
    if client.keys_fetched_at is None or at - client.keys_fetched_at >= terms.believed:
        return None
    return public_keys(client.keys)


def _knows(keys: KeySet, kid: object) -> bool:
    """Tell whether a header without a name, or with this one, can be answered without asking again."""
    return kid is None or any(key.kid == kid for key in keys.keys)
