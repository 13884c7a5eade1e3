"""What is the next assessment called?"""

import secrets
from datetime import datetime
from uuid import UUID


def new_id(at: datetime, randomness: int | None = None) -> str:
    """Return a UUIDv7: ids sort by the instant they were made at, and cannot be guessed.

    Source: RFC 9562 section 5.7.
    """
    random = secrets.randbits(74) if randomness is None else randomness
    milliseconds = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    number = milliseconds << 80 | 0x7 << 76 | (random >> 62 & 0xFFF) << 64 | 0b10 << 62 | random & ((1 << 62) - 1)
    return str(UUID(int=number))
