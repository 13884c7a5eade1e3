"""How is a long list read page by page, while others write to it?

A cursor names the last item that was given (keyset): nothing is missed or told twice when rows come in. It is
signed and bound to one client and one list, so that it can be neither made up nor lent.
"""

import base64
import binascii
import hmac
import json
from hashlib import sha256
from typing import Annotated

from fastapi import Query

from api.secret import derive_key
from data.spec.errors import Refusal

MOST = 200
"""Items of a page, at most."""
USUAL = 50
SIGNATURE = 16
"""Bytes kept of the signature."""

Limit = Annotated[int, Query(ge=1, le=MOST, description="每页至多几项", examples=[USUAL])]
CursorGiven = Annotated[
    str | None,
    Query(
        alias="cursor",
        max_length=512,
        description="续读的游标：上一页答复的 next，原样带回；不填则从头读起",
        examples=["WyIwMTliIl0.c2lnbmF0dXJl"],
    ),
]


class CursorInvalid(Refusal):
    """The cursor was not given by this service to this client for this list."""

    code = "cursor-invalid"
    status = 400


class Cursors:
    """Write and read cursors of one list for one tenant; `secret` is the installation's."""

    def __init__(self, secret: bytes, *, tenant: str, route: str) -> None:
        self._key = derive_key(secret, "cursor")
        self._bound = f"{tenant}\n{route}\n".encode()

    def write(self, *position: str | int) -> str:
        """Return the cursor of the place after which the next page begins."""
        said = json.dumps(position, separators=(",", ":")).encode()
        return f"{_text(said)}.{_text(self._signature(said))}"

    def read(self, cursor: str | None) -> tuple[str | int, ...] | None:
        """Return the place, None for the beginning; raise CursorInvalid."""
        if cursor is None:
            return None
        said, _, signature = cursor.partition(".")
        try:
            place, given = _bytes(said), _bytes(signature)
        except (ValueError, binascii.Error):
            raise _invalid() from None
        # One form only: spare bits of base64's last letter would let a cursor be written in several ways.
        if (_text(place), _text(given)) != (said, signature) or not hmac.compare_digest(self._signature(place), given):
            raise _invalid()
        return tuple(json.loads(place))

    def last_number(self, cursor: str | None, *, before: int) -> int:
        """Return the number of the last item that was given, `before` the first of all where there is none yet."""
        place = self.read(cursor)
        return before if place is None else int(place[0])

    def last_text(self, cursor: str | None) -> str | None:
        """Return the name of the last item that was given, None where there is none yet."""
        place = self.read(cursor)
        return None if place is None else str(place[0])

    def _signature(self, said: bytes) -> bytes:
        return hmac.digest(self._key, self._bound + said, sha256)[:SIGNATURE]


def _invalid() -> CursorInvalid:
    return CursorInvalid("游标无法识别。", help="请原样带回上一页答复中的 next，或不带游标从头读起。")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
