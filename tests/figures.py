"""Print the figures that the long runs recorded, as one JSON object on the last line."""

import json
import sys
from pathlib import Path

FIGURES = Path(__file__).resolve().parent.parent / ".lukeping" / "figures.json"


def record(name: str, value: float) -> None:
    """Add a figure; of several with one name the last counts."""
    FIGURES.parent.mkdir(mode=0o700, exist_ok=True)
    with FIGURES.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({name: value}) + "\n")


def main() -> None:
    lines = FIGURES.read_text(encoding="utf-8").splitlines() if FIGURES.is_file() else []
    merged: dict[str, float] = {}
    for line in lines:
        merged.update(json.loads(line))
    sys.stdout.write(json.dumps(merged, ensure_ascii=False, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
