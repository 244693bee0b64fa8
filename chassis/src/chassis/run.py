"""``broadsheet <service> <command> [arguments]``: one door to every process of every service.

A service's package ``<service>_service`` has a ``commands`` module with the table COMMANDS. An image of one service
sets SERVICE and says only the command.
"""

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from chassis import gc_tuning, log_output
from chassis.settings_error import SettingsError

Command = Callable[[list[str]], None]
ANSWERING = frozenset({"check", "events", "explain", "manage", "openapi"})
"""Commands that print an answer: that it could not be written whole is their failure, once their work is done."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; wrong arguments and settings are one sentence on standard error and exit code 2."""
    gc_tuning.relax_for_startup()
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        name, command, rest = _find(arguments)
        log_output.unfailing(patient=name in ANSWERING)
        command(rest)
        if name in ANSWERING and log_output.has_lost(sys.stdout):
            print("Standard output could not be written: the answer is not whole.", file=sys.stderr)  # noqa: T201
            return 1
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201  logging is not set up before the settings are
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def exec_python_module(module: str, *arguments: str) -> NoReturn:
    """Replace this process with ``python -m module``, so that signals reach the server itself."""
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606  no shell is wanted


def _find(arguments: list[str]) -> tuple[str, Command, list[str]]:
    service = os.environ.get("SERVICE", "")
    if arguments and _is_service(arguments[0]):
        service, *arguments = arguments
    if not _is_service(service):
        raise SettingsError(f"Say which service: broadsheet <service> <command>; {service or 'nothing'!r} is none.")
    commands: dict[str, Command] = importlib.import_module(f"{service}_service.commands").COMMANDS
    if not arguments or arguments[0] not in commands:
        asked = f"{arguments[0]!r} is not a command of {service}" if arguments else f"Say which command of {service}"
        raise SettingsError(f"{asked}; there are: {', '.join(sorted(commands))}.")
    return arguments[0], commands[arguments[0]], arguments[1:]


def _is_service(name: str) -> bool:
    return name.isidentifier() and importlib.util.find_spec(f"{name}_service") is not None


if __name__ == "__main__":
    sys.exit(main())
