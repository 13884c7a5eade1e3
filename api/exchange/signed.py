"""Does a report carry a signature, and does it hold?"""

from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from api.desks import Desks
from api.exchange.door import DesksHere
from api.http_signature import Message, SignatureInvalid, SignedMessage, is_signed, named_key, verified_message
from api.identity import Caller, issuer_of
from api.lending_desk import Reported
from api.oauth.jose import TokenFault
from data.spec.clients import Client


async def _reported(request: Request, desks: DesksHere, bank: Caller) -> Reported:
    """Return the raw bytes of a report; raise SignatureInvalid where it carries a signature that does not hold."""
    raw = await request.body()
    if not is_signed(request.headers):
        return Reported(raw=raw)
    client = desks.clients.find_client(bank.client) if bank.client else None
    if client is None:
        raise SignatureInvalid("演示令牌不能用于签名的报文。", help="请用登记的客户端报送。")
    message = Message(
        method=request.method, url=issuer_of(request) + request.url.path, headers=dict(request.headers), body=raw
    )
    return Reported(raw=raw, signature=await run_in_threadpool(_signature, request, desks, client, message))


def _signature(request: Request, desks: Desks, client: Client, message: Message) -> dict[str, str] | None:
    """Return what was verified; the keys may have to be fetched from the client's own address."""
    try:
        keys = desks.clients.find_keys(client, kid=named_key(request.headers), at=request.app.state.pace())
    except TokenFault as fault:
        raise SignatureInvalid("签名的公钥已更换。", help="请用现在登记的公钥签名。") from fault
    signed = verified_message(message, keys)
    return None if signed is None else _kept(signed)


def _kept(signed: SignedMessage) -> dict[str, str]:
    return {
        "algorithm": signed.algorithm,
        "key_id": signed.key_id,
        "signature_input": signed.signature_input,
        "signature": signed.signature,
    }


ReportedHere = Annotated[Reported, Depends(_reported)]
"""The bytes of the request, and the signature that was verified over them."""
