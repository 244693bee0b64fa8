"""`python3 -m launcher <command>`. Runs under any Python 3 as far as the sentence that asks for a newer one."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  the machine's Python may be older than what the packages require
    found = "{}.{}".format(*sys.version_info)
    sys.exit("Broadsheet needs Python 3.11 or newer, not " + found + "; name one: make up PYTHON=python3.12")

from launcher.commands import main

sys.exit(main(sys.argv[1:]))
