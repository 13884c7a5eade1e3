"""Who sent this request? What every guarded route asks before it reads a body."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from api.desks import Desks, Institution
from api.oauth.access import AccessToken, check_access_token
from api.oauth.jose import TokenFault
from api.oauth.proof import check_proof
from api.problems import AddressNotAllowed, ProofInvalid, TokenInvalid, TokenMissing
from risk.permissions import Role, Scope, scopes_of

if TYPE_CHECKING:
    from data.spec.clients import Client


@dataclass(frozen=True, kw_only=True)
class Sent:
    """Hold what a guard looks at: every value of two headers, the request's method and address, and its sender's.

    `issuer` is the service's own public address; `at` real time, whatever day a demonstration has.
    """

    authorization: Sequence[str]
    proofs: Sequence[str]
    method: str
    url: str
    issuer: str
    peer: str | None
    at: datetime


def identify_client(desks: Desks, sent: Sent, token: str) -> Institution:
    """Return for whom a bound token asks; raise TokenInvalid, ProofInvalid, AddressNotAllowed."""
    try:
        granted = check_access_token(token, desks.signing, issuers=(sent.issuer,), at=sent.at)
    except TokenFault as fault:
        raise TokenInvalid("令牌无效或已过期。", help="请用客户端的私钥重新申请令牌。") from fault
    _check_bound(desks, sent, token, granted)
    client = desks.clients.find_client(granted.client)
    if client is None or client.revoked_at is not None:
        raise TokenInvalid("令牌所属的客户端已停用。", help="请向科技局核对。")
    check_address(client, sent.peer)
    return institution_of(client, granted.scopes)


def institution_of(client: "Client", scopes: frozenset[str]) -> Institution:
    """Return the institution a client asks for, with what the token, the client and its role all allow."""
    role = Role(client.kind)
    return Institution(
        code=client.institution,
        name=client.institution_name,
        kind=client.kind,
        granted=frozenset(Scope(scope) for scope in scopes & client.scopes) & scopes_of(role),
        subject=client.subject,
        client=client.id,
    )


def check_address(client: "Client", peer: str | None) -> None:
    """Raise AddressNotAllowed where a client that is bound to networks comes from elsewhere."""
    if not client.networks:
        return
    address = _address(peer)
    if address is None or not any(address in ip_network(network) for network in client.networks):
        raise AddressNotAllowed("请求的来源地址不在登记的网段内。", help="请从登记的网段发出，或请科技局更新登记。")


def _address(peer: str | None) -> IPv4Address | IPv6Address | None:
    """Return the sender's address; one of version 4 is that also where the service listens on version 6."""
    try:
        address = ip_address(peer or "")
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def only_proof(proofs: Sequence[str]) -> str:
    """Return the one proof of a request; raise ProofInvalid for none or several."""
    if len(proofs) != 1:
        raise ProofInvalid("请求须有且只有一个 DPoP 头。", help="每次请求各签一个持有证明。")
    return proofs[0]


def _check_bound(desks: Desks, sent: Sent, token: str, granted: AccessToken) -> None:
    """Raise ProofInvalid unless the sender holds the token's key, and the proof was never seen."""
    said = only_proof(sent.proofs)
    try:
        proof = check_proof(said, method=sent.method, url=sent.url, at=sent.at, token=token)
        proof.check_key(granted.thumbprint)
    except TokenFault as fault:
        raise ProofInvalid(
            "持有证明无效。", help="请核对 htm、htu、iat、ath，并用申请令牌时的密钥为每次请求各签一个。"
        ) from fault
    if not desks.clients.take_once(proof.mark, until=proof.until, at=sent.at):
        raise ProofInvalid("这个持有证明已经用过。", help="每次请求各签一个，jti 不得重复。")


def credentials(authorization: Sequence[str]) -> tuple[str, str]:
    """Return scheme (in lower case) and token of the one Authorization header; raise TokenMissing."""
    scheme, _, token = (authorization[0] if len(authorization) == 1 else "").partition(" ")
    if scheme.lower() not in ("dpop", "bearer") or not token:
        raise TokenMissing("请求没有携带令牌。", help="请在请求头加入 Authorization: DPoP <令牌>。")
    return scheme.lower(), token
