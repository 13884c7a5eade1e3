"""Which bytes must a bank's own code arrive at? Test vectors with a published key: `python -m api.vectors`.

Ed25519 signatures are the same every time; the key is of RFC 8037 appendix A and must never be registered.
"""

import json
import sys

from joserfc.jwk import OKPKey

from api.client.signing import assertion, proof

KEY = {
    "kty": "OKP",
    "crv": "Ed25519",
    "kid": "rfc8037-a",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
AT = 1_790_000_000
ISSUER = "https://lukeping.example"
CLIENT = "bank-a-1"
TOKEN = "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl"
URL = f"{ISSUER}/v1/assessments"


def vectors() -> dict[str, object]:
    """Return the vectors: key, inputs, and the very texts that must be sent."""
    key = OKPKey.import_key(dict(KEY))
    return {
        "about": "固定输入与须逐字得到的输出；密钥出自 RFC 8037 附录 A，仅供测试，切勿登记。",
        "key": KEY,
        "thumbprint": key.thumbprint(),
        "assertion": {
            "client_id": CLIENT,
            "audience": ISSUER,
            "iat": AT,
            "jti": "vector-1",
            "client_assertion": assertion(key, client_id=CLIENT, audience=ISSUER, at=AT, id="vector-1"),
        },
        "token_proof": {
            "htm": "POST",
            "htu": f"{ISSUER}/oauth/token",
            "iat": AT,
            "jti": "vector-2",
            "DPoP": proof(key, method="POST", url=f"{ISSUER}/oauth/token", at=AT, id="vector-2"),
        },
        "request_proof": {
            "htm": "POST",
            "htu": URL,
            "iat": AT,
            "jti": "vector-3",
            "access_token": TOKEN,
            "DPoP": proof(key, method="POST", url=URL, at=AT, id="vector-3", token=TOKEN),
        },
    }


def main() -> None:
    """Write the vectors as docs/vectors/identity.json holds them."""
    sys.stdout.write(json.dumps(vectors(), ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    main()
