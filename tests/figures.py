"""Print the figures that the long runs recorded, as one JSON object on the last line."""

import json
import sys
from pathlib import Path

FIGURES = Path(__file__).resolve().parent.parent / ".lukeping" / "figures.json"


def main() -> None:
    lines = FIGURES.read_text(encoding="utf-8").splitlines() if FIGURES.is_file() else []
    merged: dict[str, float] = {}
    for line in lines:
        merged.update(json.loads(line))
    sys.stdout.write(json.dumps(merged, ensure_ascii=False, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
