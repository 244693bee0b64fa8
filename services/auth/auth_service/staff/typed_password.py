"""A password from a person at the terminal, or from standard input.

Never from an argument or the environment, which other processes and shell histories see.
"""

import getpass
import sys

from chassis.settings import SettingsError


def typed_password() -> str:
    """Asked for twice at a terminal; raises SettingsError where the two differ."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass()
    if password != getpass.getpass("Password (again): "):
        raise SettingsError("The two passwords differ.")
    return password
