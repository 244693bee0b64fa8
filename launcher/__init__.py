"""What `make` runs: sets the platform up on one machine, starts, watches and stops it.

It begins under the machine's Python with nothing installed and goes on inside .venv once that stands.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  before anything an older Python could not even read
    found = "{}.{}".format(*sys.version_info)
    sys.exit("Broadsheet needs Python 3.11 or newer, not " + found + "; name one: make up PYTHON=python3.12")

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class LauncherError(Exception):
    """The command cannot go on; the message is the sentence for the person."""
