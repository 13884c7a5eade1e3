"""Does a report carry a signature, and does it hold?"""

from typing import Annotated

from fastapi import Depends, Request

from api.exchange.door import DesksHere
from api.http_signature import Message, SignatureInvalid, SignedMessage, verified_message
from api.identity import Caller, issuer_of
from api.lending_desk import Reported
from api.oauth.jose import public_keys


async def _reported(request: Request, desks: DesksHere, bank: Caller) -> Reported:
    """Return the raw bytes of a report; raise SignatureInvalid where it carries a signature that does not hold."""
    raw = await request.body()
    message = Message(
        method=request.method, url=issuer_of(request) + request.url.path, headers=dict(request.headers), body=raw
    )
    client = desks.clients.find_client(bank.client) if bank.client else None
    if client is None:
        if "signature" in request.headers:
            raise SignatureInvalid("演示令牌不能用于签名的报文。", help="请用登记的客户端报送。")
        return Reported(raw=raw)
    signed = verified_message(message, public_keys(client.keys))
    return Reported(raw=raw, signature=None if signed is None else _kept(signed))


def _kept(signed: SignedMessage) -> dict[str, str]:
    return {
        "algorithm": signed.algorithm,
        "key_id": signed.key_id,
        "signature_input": signed.signature_input,
        "signature": signed.signature,
    }


ReportedHere = Annotated[Reported, Depends(_reported)]
"""The bytes of the request, and the signature that was verified over them."""
