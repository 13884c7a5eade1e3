"""What does the committed OpenAPI document say? `python -m api.schema > docs/openapi.json` writes it."""

import json
import sys
from concurrent.futures import Future
from typing import Any

from api.clock import now
from api.desks import Desks


def schema() -> dict[str, Any]:
    """Return the service's OpenAPI document; no desk is asked anything."""
    import structlog

    from api.app import create_app

    app = create_app(Future[Desks](), clock=now, log=structlog.get_logger())
    return app.openapi()


def main() -> None:
    """Write the document to stdout."""
    sys.stdout.write(json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=False) + "\n")


if __name__ == "__main__":
    main()
