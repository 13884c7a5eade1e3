"""How do clients reach the store?"""

from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_network

from api.client_desk import NewClient
from api.clock import now
from api.oauth.jose import TokenFault, public_keys
from api.wiring.acting import person
from api.wiring.visits import visit
from data.spec.access import BUREAU, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.clients import Client
from data.spec.errors import InstitutionUnknown, Refusal
from data.store import Store, Work
from data.store.clients import find_client, list_clients, replace_keys, revoke_client, take_once, write_client
from data.store.institutions import add_institution, find_institution
from data.store.reads import find_enterprise
from risk.permissions import Role, ScopeMissing, scopes_of


class KeysUnsuitable(Refusal):
    """A key set holds a private, weak or nameless key, or none."""

    code = "keys-unsuitable"


class NetworkMalformed(Refusal):
    """A network is not written as address/length."""

    code = "network-malformed"


class ClientUnknown(Refusal):
    """No client is registered by this id."""

    code = "client-unknown"
    status = 404


class Clients:
    """Keep clients and the tokens that were seen in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find_client(self, id: str) -> Client | None:
        """Find a client in a reading that never waits for a writer."""
        with self._store.work(at=now(), read_only=True) as work:
            return find_client(work, id)

    def take_once(self, mark: str, *, until: datetime, at: datetime) -> bool:
        """Note a mark in a unit of its own: a request that fails later has used its token all the same."""
        with visit(self._store, at) as work:
            fresh = take_once(work, mark, until=until)
            work.commit()
        return fresh

    def register(self, wanted: NewClient, *, at: datetime) -> Client:
        """Register a client, and its institution where that is new."""
        _check_keys(wanted.keys)
        _check_networks(wanted.networks)
        beyond = wanted.scopes - scopes_of(wanted.role)
        if beyond:
            raise ScopeMissing(
                "该类机构不能有权限：" + "、".join(sorted(beyond)) + "。", help="请去掉后再登记；权限表见接口说明。"
            )
        with visit(self._store, at) as work:
            client = _client(work, wanted, at)
            write_client(work, client, audit=_told(Action.CLIENT_REGISTERED, client.id, at))
            work.commit()
        return client

    def replace_keys(self, id: str, keys: str, *, at: datetime) -> Client:
        """Replace a client's keys."""
        _check_keys(keys)
        with visit(self._store, at) as work:
            _known(work, id)
            replace_keys(work, id, keys, audit=_told(Action.KEYS_REPLACED, id, at))
            work.commit()
            return _known(work, id)

    def revoke(self, id: str, *, at: datetime) -> Client:
        """End a client."""
        with visit(self._store, at) as work:
            _known(work, id)
            revoke_client(work, id, audit=_told(Action.CLIENT_REVOKED, id, at))
            work.commit()
            return _known(work, id)

    def list_clients(self, *, at: datetime) -> Sequence[Client]:
        """List the clients."""
        with self._store.work(at=at, read_only=True) as work:
            return list_clients(work)


def _client(work: Work, wanted: NewClient, at: datetime) -> Client:
    found = find_institution(work, wanted.institution)
    if found is None:
        if not wanted.name:
            raise InstitutionUnknown(f"库中没有机构 {wanted.institution}。", help="新机构请同时用 --name 写明名称。")
        found = add_institution(work, wanted.institution, wanted.name, kind=wanted.role)
    subject = None
    if wanted.role is Role.ENTERPRISE:
        subject = _subject(work, wanted, at)
    return Client(
        id=wanted.id,
        institution=found.code,
        institution_name=found.name,
        kind=wanted.role,
        scopes=frozenset(wanted.scopes),
        keys=wanted.keys,
        networks=wanted.networks,
        subject=subject,
        registered_at=at,
    )


def _subject(work: Work, wanted: NewClient, at: datetime) -> int:
    if wanted.subject is None:
        raise InstitutionUnknown("企业的客户端须写明是哪一家企业。", help="请用 --enterprise 写明统一社会信用代码。")
    return find_enterprise(work, wanted.subject, access=bureau_access(person(), at=at, purpose=Purpose.INTAKE)).id


def _known(work: Work, id: str) -> Client:
    found = find_client(work, id)
    if found is None:
        raise ClientUnknown(f"没有登记过客户端 {id}。", help="用 lukeping client list 查看已登记的。")
    return found


def _check_keys(keys: str) -> None:
    try:
        public_keys(keys)
    except TokenFault as fault:
        raise KeysUnsuitable(
            "公钥文件不合要求。",
            help="须为 JWKS：只含公钥，P-256、Ed25519 或至少 2048 位的 RSA；多于一把时每把须有不同的 kid。",
        ) from fault


def _check_networks(networks: Sequence[str]) -> None:
    for network in networks:
        try:
            ip_network(network)
        except ValueError as error:
            raise NetworkMalformed(
                f"“{network}”不是网段。", help="请写成 203.0.113.0/24 或 203.0.113.7/32 的样子。"
            ) from error


def _told(action: Action, id: str, at: datetime) -> AuditEvent:
    return AuditEvent(tenant=BUREAU, actor=person(), action=action, object_id=id, at=at)
