"""``python -m benchmarks [NAME]``: run one benchmark, or all of them; QUICK=1 takes at most a minute each."""

import importlib
import os
import pkgutil
import sys

import benchmarks
from benchmarks import page
from benchmarks.capacity import plan
from benchmarks.results import report
from launcher.interrupting import interrupt_when_asked_to_end

_OWN = {"__main__", "page", "processes", "results"}


def main(wanted: str) -> int:
    """Run what was asked for; an unknown name is refused with the known ones."""
    names = sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name not in _OWN)
    if wanted not in {*names, "all"}:
        print(f"There is no benchmark {wanted!r}; there are: {', '.join(names)}, all.", file=sys.stderr)
        return 2
    interrupt_when_asked_to_end()
    quick = os.environ.get("QUICK", "") not in {"", "0"}
    for name in names if wanted == "all" else [wanted]:
        report(name, importlib.import_module(f"benchmarks.{name}").measure(quick=quick), quick=quick)
    page.write()
    plan.write()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
    except KeyboardInterrupt:
        sys.exit("Interrupted; what was measured is stopped.")
