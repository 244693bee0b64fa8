"""Name what is missing, and exit with 1 when something is."""

import sys
from pathlib import Path

from tests.registries import events

if __name__ == "__main__":
    root = Path(__file__).parents[2]
    found = [problem for registry in (events,) for problem in registry.problems(root)]
    print(*found, sep="\n" if found else "")  # noqa: T201  whoever lints reads it
    print(f"{len(found)} missing")  # noqa: T201
    sys.exit(1 if found else 0)
