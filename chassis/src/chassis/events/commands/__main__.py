"""``events …``: short for ``broadsheet <service> events …`` where SERVICE or ``--service blog`` says whose."""

import os
import sys

from chassis import run


def main() -> int:
    """Run the command of a service; gives the exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--service"]:
        os.environ["SERVICE"] = "".join(arguments[1:2])
        arguments = arguments[2:]
    return run.main(["events", *arguments])


if __name__ == "__main__":
    sys.exit(main())
