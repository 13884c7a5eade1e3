"""Print the figures that the long runs recorded, as one JSON object on the last line."""

import json
import sys
from pathlib import Path

FIGURES = Path(__file__).resolve().parent.parent / ".lukeping" / "figures.json"


def record(name: str, value: float, *, part: str = "") -> None:
    """Add a figure; of several with one name the last counts, and parts of one name are added up."""
    FIGURES.parent.mkdir(mode=0o700, exist_ok=True)
    with FIGURES.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"name": name, "part": part, "value": value}) + "\n")


def merged(lines: list[str]) -> dict[str, float]:
    """Return the figures by name."""
    last = {(one["name"], one["part"]): one["value"] for one in map(json.loads, lines)}
    found: dict[str, float] = {}
    for (name, _), value in last.items():
        found[name] = found.get(name, 0) + value
    return found


def main() -> None:
    lines = FIGURES.read_text(encoding="utf-8").splitlines() if FIGURES.is_file() else []
    sys.stdout.write(json.dumps(merged(lines), ensure_ascii=False, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
