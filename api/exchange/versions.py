"""Has anybody changed what a client is about to change? Strong ETags and If-Match (RFC 9110 section 13)."""

from typing import Annotated

from fastapi import Header

from data.spec.errors import Refusal

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=64,
        description="所依据的版本：最近一次读取时答复头中的 ETag（必填）",
        examples=['"3"'],
    ),
]


class PreconditionRequired(Refusal):
    """A change came without the version it rests on."""

    code = "if-match-missing"
    status = 428


class PreconditionFailed(Refusal):
    """The object was changed since the client read it."""

    code = "version-stale"
    status = 412


def etag(version: int) -> dict[str, str]:
    """Return the header that tells an object's version."""
    return {"ETag": f'"{version}"'}


def check_match(given: str | None, version: int) -> None:
    """Raise PreconditionRequired or PreconditionFailed unless the client saw this very version."""
    if given is None:
        raise PreconditionRequired("请求头缺少 If-Match。", help="请先读取该项，并带上答复头中的 ETag。")
    if given != f'"{version}"':
        raise PreconditionFailed("该项在读取之后已有变动。", help="请重新读取，确认后再提交。")
