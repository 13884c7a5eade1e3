"""Which machines may ask, and was this very token sent before?"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Row, Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from data.spec.audit import AuditEvent
from data.spec.clients import Client
from data.spec.errors import Refusal
from data.store.orm import INSTITUTION
from data.store.orm_clients import CLIENT, SEEN_TOKEN
from data.store.work import Work


class ClientExists(Refusal):
    """A client is registered by this id already."""

    code = "client-exists"
    status = 409


def write_client(work: Work, client: Client, *, audit: AuditEvent) -> None:
    """Register a client of an institution that is known; raise ClientExists."""
    if find_client(work, client.id) is not None:
        raise ClientExists(f"客户端 {client.id} 已登记。", help="请换一个编号，或用 lukeping client keys 更换其公钥。")
    work.connection.execute(
        insert(CLIENT).values(
            id=client.id,
            institution=client.institution,
            kind=client.kind,
            scopes=_texts(client.scopes),
            keys=client.keys,
            networks=_texts(client.networks),
            subject=client.subject,
            registered_at=client.registered_at,
            jwks_uri=client.jwks_uri,
            keys_fetched_at=client.keys_fetched_at,
            keys_tried_at=client.keys_fetched_at,
        )
    )
    work.record(audit)


def replace_keys(work: Work, id: str, keys: str, *, jwks_uri: str | None = None, audit: AuditEvent) -> None:
    """Let a client sign with other keys from now on; with an address they were fetched from it at this instant."""
    fetched_at = None if jwks_uri is None else audit.at
    changed = {"keys": keys, "jwks_uri": jwks_uri, "keys_fetched_at": fetched_at, "keys_tried_at": fetched_at}
    work.connection.execute(update(CLIENT).where(CLIENT.c.id == id).values(changed))
    work.record(audit)


def take_turn(work: Work, id: str, *, again: timedelta) -> bool:
    """Note that a client's keys are fetched now; False where they were less than `again` ago, by whichever worker."""
    long_ago = CLIENT.c.keys_tried_at.is_(None) | (CLIENT.c.keys_tried_at <= work.at - again)
    tried = update(CLIENT).where(CLIENT.c.id == id, long_ago).values(keys_tried_at=work.at).returning(CLIENT.c.id)
    return work.connection.execute(tried).first() is not None


def keep_fetched_keys(work: Work, client: Client, keys: str, *, audit: AuditEvent) -> None:
    """Keep what a client's address gave, recorded where it differs; nothing where the client was changed meanwhile."""
    same = (CLIENT.c.id == client.id, CLIENT.c.jwks_uri == client.jwks_uri, CLIENT.c.revoked_at.is_(None))
    kept = update(CLIENT).where(*same).values(keys=keys, keys_fetched_at=work.at).returning(CLIENT.c.id)
    if work.connection.execute(kept).first() is not None and keys != client.keys:
        work.record(audit)


def revoke_client(work: Work, id: str, *, audit: AuditEvent) -> None:
    """End a client for good; its tokens end with it."""
    work.connection.execute(update(CLIENT).where(CLIENT.c.id == id).values(revoked_at=audit.at))
    work.record(audit)


def find_client(work: Work, id: str) -> Client | None:
    """Find a client, revoked or not."""
    row = work.connection.execute(_clients().where(CLIENT.c.id == id)).first()
    return None if row is None else _client(row)


def list_clients(work: Work) -> list[Client]:
    """List the clients by id."""
    return [_client(row) for row in work.connection.execute(_clients().order_by(CLIENT.c.id))]


def take_once(work: Work, mark: str, *, until: datetime) -> bool:
    """Note a mark; False where it was there. What has ended is forgotten on the way."""
    work.connection.execute(delete(SEEN_TOKEN).where(SEEN_TOKEN.c.until < work.at))
    try:
        with work.connection.begin_nested():
            work.connection.execute(insert(SEEN_TOKEN).values(mark=mark, until=until))
    except IntegrityError:
        return False
    return True


def _clients() -> Select[tuple[object, ...]]:
    return select(CLIENT, INSTITUTION.c.name.label("institution_name")).join(
        INSTITUTION, INSTITUTION.c.code == CLIENT.c.institution
    )


def _client(row: Row[tuple[object, ...]]) -> Client:
    return Client(
        id=row.id,
        institution=row.institution,
        institution_name=row.institution_name,
        kind=row.kind,
        scopes=frozenset(json.loads(row.scopes)),
        keys=row.keys,
        networks=tuple(json.loads(row.networks)),
        subject=row.subject,
        registered_at=row.registered_at,
        revoked_at=row.revoked_at,
        jwks_uri=row.jwks_uri,
        keys_fetched_at=row.keys_fetched_at,
    )


def _texts(values: Iterable[str]) -> str:
    return json.dumps(sorted(values))
