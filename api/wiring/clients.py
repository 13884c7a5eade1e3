"""How do clients reach the store?"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path

from joserfc.jwk import KeySet

from api.client_desk import NewClient
from api.clock import now
from api.oauth.jose import TokenFault, public_keys
from api.oauth.keys import SigningKeys, rotate_signing_keys
from api.wiring.acting import person
from api.wiring.key_fetching import FetchKeys, KeyFetcher
from api.wiring.remote_keys import RemoteKeys
from api.wiring.visits import visit
from data.spec.access import BUREAU, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.clients import Client
from data.spec.errors import InstitutionUnknown, Refusal
from data.spec.identifiers import Identifier
from data.store import Store, Work
from data.store.clients import find_client, list_clients, replace_keys, revoke_client, take_once, write_client
from data.store.institutions import add_institution, find_institution
from data.store.reads import find_enterprise
from risk.client_keys import read_key_terms
from risk.permissions import Role, ScopeMissing, scopes_of

ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
BESIDE: Mapping[Role, frozenset[Role]] = {Role.BUREAU: frozenset({Role.OPERATOR, Role.AUDITOR})}
"""As what else machines of an institution may act: the bureau runs the service, and has it audited."""


class KeysUnsuitable(Refusal):
    """A key set holds a private, weak or nameless key, or none."""

    code = "keys-unsuitable"


class OneKeySource(Refusal):
    """Keys are both handed over and to be fetched, or neither."""

    code = "one-key-source"


class NetworkMalformed(Refusal):
    """A network is not written as address/length."""

    code = "network-malformed"


class ClientIdMalformed(Refusal):
    """A client's id is empty, too long, or has other than plain characters."""

    code = "client-id-malformed"


class RoleUnsuitable(Refusal):
    """A client is to act as another kind of institution than its institution is."""

    code = "role-unsuitable"


class SubjectUnsuitable(Refusal):
    """An enterprise's client names no enterprise, or another kind of client names one."""

    code = "subject-unsuitable"


class ClientUnknown(Refusal):
    """No client is registered by this id."""

    code = "client-unknown"
    status = 404


class ClientEnded(Refusal):
    """A client was ended before; that stands."""

    code = "client-ended"
    status = 409


class Clients:
    """Keep clients and the tokens that were seen in one store."""

    def __init__(self, store: Store, fetch: FetchKeys | None = None) -> None:
        self._store, self._fetch = store, fetch or KeyFetcher()
        self._remote = RemoteKeys(store, self._fetch)

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

    def find_keys(self, client: Client, *, kid: object, at: datetime) -> KeySet:
        """Return the keys that a client signs with now."""
        if client.jwks_uri is None:
            return public_keys(client.keys)
        return self._remote.find(client, kid=kid, at=at)

    def register(self, wanted: NewClient, *, at: datetime) -> Client:
        """Register a client, and its institution where that is new."""
        _check_id(wanted.id)
        _check_subject(wanted)
        _check_networks(wanted.networks)
        beyond = wanted.scopes - scopes_of(wanted.role)
        if beyond:
            raise ScopeMissing(
                "该类机构不能有权限：" + "、".join(sorted(beyond)) + "。", help="请去掉后再登记；权限表见接口说明。"
            )
        keys = self._keys(wanted.keys, wanted.jwks_uri, at)
        with visit(self._store, at) as work:
            client = _client(work, wanted, keys, at)
            write_client(work, client, audit=_told(Action.CLIENT_REGISTERED, client.id, at))
            work.commit()
        return client

    def replace_keys(self, id: str, keys: str | None = None, *, jwks_uri: str | None = None, at: datetime) -> Client:
        """Replace a client's keys, or where it publishes them."""
        suitable = self._keys(keys, jwks_uri, at)
        with visit(self._store, at) as work:
            _in_use(work, id)
            replace_keys(work, id, suitable, jwks_uri=jwks_uri, audit=_told(Action.KEYS_REPLACED, id, at))
            work.commit()
            return _known(work, id)

    def revoke(self, id: str, *, at: datetime) -> Client:
        """End a client."""
        with visit(self._store, at) as work:
            _in_use(work, id)
            revoke_client(work, id, audit=_told(Action.CLIENT_REVOKED, id, at))
            work.commit()
            return _known(work, id)

    def rotate_signing_keys(self, path: Path, *, at: datetime) -> SigningKeys:
        """Sign with a new key from now on, and record which."""
        with visit(self._store, at) as work:
            rotated = rotate_signing_keys(path)
            work.record(_told(Action.SIGNING_KEY_REPLACED, str(rotated.current.kid), at))
            work.commit()
        return rotated

    def list_clients(self, *, at: datetime) -> Sequence[Client]:
        """List the clients."""
        with self._store.work(at=at, read_only=True) as work:
            return list_clients(work)

    def _keys(self, keys: str | None, jwks_uri: str | None, at: datetime) -> str:
        """Return the keys to begin with: an address is tried at once, so that a wrong one is not found by night."""
        if (keys is None) == (jwks_uri is None):
            raise OneKeySource("公钥文件与公钥地址须且只须给出一个。", help="请用 --keys 或 --jwks-uri 之一。")
        text = keys if keys is not None else self._fetch(str(jwks_uri), terms=read_key_terms(at.date()))
        _check_keys(text)
        return text


def _client(work: Work, wanted: NewClient, keys: str, at: datetime) -> Client:
    found = find_institution(work, wanted.institution)
    if found is None:
        if not wanted.name:
            raise InstitutionUnknown(f"库中没有机构 {wanted.institution}。", help="新机构请同时用 --name 写明名称。")
        found = add_institution(work, wanted.institution, wanted.name, kind=wanted.role)
    _check_role(wanted.role, Role(found.kind))
    subject = None if wanted.subject is None else _subject(work, wanted.subject, at)
    return Client(
        id=wanted.id,
        institution=found.code,
        institution_name=found.name,
        kind=wanted.role,
        scopes=frozenset(wanted.scopes),
        keys=keys,
        networks=wanted.networks,
        subject=subject,
        registered_at=at,
        jwks_uri=wanted.jwks_uri,
        keys_fetched_at=None if wanted.jwks_uri is None else at,
    )


def _subject(work: Work, identifier: Identifier, at: datetime) -> int:
    return find_enterprise(work, identifier, access=bureau_access(person(), at=at, purpose=Purpose.INTAKE)).id


def _known(work: Work, id: str) -> Client:
    found = find_client(work, id)
    if found is None:
        raise ClientUnknown(f"没有登记过客户端 {id}。", help="用 lukeping client list 查看已登记的。")
    return found


def _in_use(work: Work, id: str) -> None:
    if _known(work, id).revoked_at is not None:
        raise ClientEnded(f"客户端 {id} 早已停用。", help="停用不可撤销；如需恢复对接，请用新的编号登记。")


def _check_id(id: str) -> None:
    if not ID.fullmatch(id):
        raise ClientIdMalformed("客户端编号不合要求。", help="须为1至64个英文字母、数字或 . _ - 。")


def _check_role(role: Role, kind: Role) -> None:
    """Raise RoleUnsuitable: a bank's machine that acted as the bureau would see every bank's rows."""
    if role is not kind and role not in BESIDE.get(kind, ()):
        raise RoleUnsuitable(
            f"该机构的类别是 {kind}，其客户端不能以 {role} 的身份请求。", help="请核对机构代码与类别。"
        )


def _check_subject(wanted: NewClient) -> None:
    if wanted.role is Role.ENTERPRISE and wanted.subject is None:
        raise SubjectUnsuitable("企业的客户端须写明是哪一家企业。", help="请用 --enterprise 写明统一社会信用代码。")
    if wanted.role is not Role.ENTERPRISE and wanted.subject is not None:
        raise SubjectUnsuitable("只有企业的客户端才写明企业。", help="请去掉 --enterprise，或改用 --role enterprise。")


def _check_keys(keys: str) -> None:
    try:
        public_keys(keys)
    except TokenFault as fault:
        raise KeysUnsuitable(
            "公钥不合要求。",
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
