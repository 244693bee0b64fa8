"""What `make` runs: sets the platform up on one machine, starts, watches and stops it.

It begins under the system's Python with nothing installed and goes on inside .venv once that stands.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class LauncherError(Exception):
    """The command cannot go on; the message is the sentence for the person."""
