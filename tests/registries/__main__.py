"""Name what is missing, and exit with 1 when something is."""

import sys
from pathlib import Path

from tests.registries import events, handlers, problems, routes, watching

if __name__ == "__main__":
    root = Path(__file__).parents[2]
    registries = (events, handlers, problems, routes, watching)
    found = [problem for registry in registries for problem in registry.problems(root)]
    print(*found, f"{len(found)} missing", sep="\n")  # noqa: T201  whoever lints reads it
    sys.exit(1 if found else 0)
