"""How does a route say that it will go away? By `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and in OpenAPI.

@router.get("/old", **retiring(since=..., sunset=..., link="https://..."))
"""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from fastapi import Depends, Request

from api.rates import ANSWER_HEADERS


def retiring(*, since: datetime, sunset: datetime, link: str) -> dict[str, Any]:  # FastAPI's own arguments of a route.
    """Return a route's arguments that make every answer of it say since when it is deprecated and when it ends.

    `link` leads to what takes its place. Raises ValueError where it would end before it is deprecated (RFC 9745).
    """
    if sunset < since:
        raise ValueError("a route cannot end before it is deprecated")
    headers = {
        "Deprecation": f"@{int(since.timestamp())}",
        "Sunset": format_datetime(sunset.astimezone(UTC), usegmt=True),
        "Link": f'<{link}>; rel="deprecation"; type="text/html"',
    }

    def tell(request: Request) -> None:
        request.scope.setdefault(ANSWER_HEADERS, {}).update(headers)

    return {"deprecated": True, "dependencies": [Depends(tell)]}
