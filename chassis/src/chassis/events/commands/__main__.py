"""``events …``: short for ``broadsheet <service> events …`` where SERVICE or ``--service blog`` says whose."""

import os
import sys

from chassis import run


def main() -> int:
    """Run the command of a service; gives the exit code."""
    words = sys.argv[1:]
    if words[:1] == ["--service"]:
        os.environ["SERVICE"] = "".join(words[1:2])
        words = words[2:]
    return run.main(["events", *words])


if __name__ == "__main__":
    sys.exit(main())
