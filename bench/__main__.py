"""Run one benchmark by name, or list the names."""

import importlib
import json
import pkgutil
import sys
from collections.abc import Mapping

import bench


def names() -> list[str]:
    """Return the names of the benchmarks there are."""
    return sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))


def main(arguments: list[str]) -> int:
    """Run the benchmark named, printing its figures as one JSON object on the last line."""
    if not arguments:
        print("可用的基准：" + "、".join(names()))
        return 0
    if arguments[0] not in names():
        print(f"没有名为“{arguments[0]}”的基准。可用的有：" + "、".join(names()), file=sys.stderr)
        return 2
    figures: Mapping[str, object] = importlib.import_module(f"bench.{arguments[0]}").run()
    print(json.dumps(figures, ensure_ascii=False, sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
