"""The verbs of the ``events`` command and the arguments each takes."""

import argparse
from typing import NoReturn

from chassis.events.commands import (
    audit,
    bootstrap,
    dead,
    lag,
    pause,
    purge,
    replay,
    schema,
    show,
    tail,
    topology,
)
from chassis.settings import SettingsError

VERBS = (tail, show, lag, dead, replay, bootstrap, purge, topology, schema, audit, pause)


class Parser(argparse.ArgumentParser):
    """Refuses wrong arguments with one sentence."""

    def error(self, message: str) -> NoReturn:
        raise SettingsError(f"{self.prog}: {message}; --help says more.")


def parser(service: str) -> Parser:
    """The parser of the arguments after ``events``; it raises SettingsError for those that make no sense."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print JSON instead of tables")
    shared.add_argument(
        "--database",
        action="append",
        default=[],
        metavar="NAME=URL",
        help="another service's database to look into; <NAME>_DATABASE_URL in the environment does the same",
    )
    result = Parser(prog=f"broadsheet {service} events", description="Look at events and repair their flow.")
    verbs = result.add_subparsers(required=True, metavar="verb")
    for verb in VERBS:
        verb.declare(verbs, shared)
    return result
