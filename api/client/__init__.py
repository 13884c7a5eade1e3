"""How does a bank's program talk to the service? A small client: tokens, proofs, repeats and pages are its business.

from api.client import Client, read_key

with Client("https://lukeping.example.gov.cn", client_id="bank-a-1", key=read_key("bank-a.jwk")) as lukeping:
    answer = lukeping.assess("91370303MA3C000004")
"""

from api.client.calls import Client
from api.client.errors import ExchangeError, Unreachable
from api.client.keys import new_key, public_jwks, read_key, write_key
from api.client.labels import Sample, write_rows

__all__ = [
    "Client",
    "ExchangeError",
    "Sample",
    "Unreachable",
    "new_key",
    "public_jwks",
    "read_key",
    "write_key",
    "write_rows",
]
