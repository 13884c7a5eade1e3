"""How does the service write its log: one JSON object a line, without secrets, names or codes?"""

import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, TextIO, cast

import structlog

PRIVATE = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9A-Z]{2}\d{6}[0-9A-Z]{10}"  # 统一社会信用代码, well formed or not
    r"|\d{17}[0-9Xx]"  # 居民身份证号
    r"|1[3-9]\d{9}"  # 手机号
    r"|lk_[A-Za-z0-9_-]{20,})(?![0-9A-Za-z])"  # bearer token
)
"""What a log line never shows. Look-arounds, for a word boundary misses a code between Chinese characters."""


def redact(text: str) -> str:
    """Blot out codes, identity numbers, mobile numbers and tokens.

    >>> redact("企业91370303MA3TEST00X的手机13912345678")
    '企业███的手机███'
    """
    return PRIVATE.sub("███", text)


def _redact_line(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: redact(value) if isinstance(value, str) else value for key, value in line.items()}


class AppendedFile:
    """Append to a file that is opened for each line: it may be rotated away, and nothing is left open."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, text: str) -> None:
        """Append the text."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(text)

    def flush(self) -> None:
        """Do nothing: every write is already out."""


def open_log(path: Path) -> "structlog.typing.FilteringBoundLogger":
    """Return a logger that appends to the file (mode 0600); tracebacks come without local variables."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    logger: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(cast(TextIO, AppendedFile(path))),
        processors=[
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            _redact_line,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(20),
    )
    return logger
