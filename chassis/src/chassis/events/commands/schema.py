"""``events schema``: the contracts of the events a service publishes, generated from its classes."""

import argparse
from pathlib import Path
from typing import Any

from chassis.events import contracts
from chassis.events.commands.context import CommandContext
from chassis.settings import SettingsError

FOLDER = Path("contracts/events")


def declare(verbs: Any, shared: argparse.ArgumentParser) -> None:
    parser = verbs.add_parser("schema", help="schemas and examples of the service's events")
    actions = parser.add_subparsers(required=True, metavar="action")
    for name, does, text in (
        ("write", write, "write them, unless that would break those who read them"),
        ("check", check, "exit with 1 unless they are what the code says"),
    ):
        action = actions.add_parser(name, parents=[shared], help=text)
        action.add_argument("--contracts", type=Path, default=FOLDER, metavar="FOLDER", help=str(FOLDER))
        action.set_defaults(run=does)


def write(context: CommandContext, args: argparse.Namespace) -> bool:
    folder = _folder(args)
    breaks = [change for each in context.service.publishes for change in contracts.breaking_changes(each, folder)]
    if breaks:
        context.out.table([{"problem": each} for each in breaks], "")
        return True
    written = 0
    for each in context.service.publishes:
        for name, text in contracts.files(each).items():
            (folder / name).write_text(text)
            written += 1
    context.out.say(f"{written} files written to {folder}.", written=written)
    return False


def check(context: CommandContext, args: argparse.Namespace) -> bool:
    folder = _folder(args)
    problems = [problem for each in context.service.publishes for problem in contracts.problems(each, folder)]
    problems += _broken_promises(context, folder)
    contents = f"{len(context.service.publishes)} contracts of {context.service.name} are what the code says."
    context.out.table([{"problem": each} for each in problems], contents)
    return bool(problems)


def _broken_promises(context: CommandContext, folder: Path) -> list[str]:
    names = {path.name.removesuffix(".schema.json") for path in folder.glob(f"{context.service.name}.*.schema.json")}
    gone = sorted(names - set(context.service.types))
    return [f"{name} is promised and {context.service.name} does not publish it any more" for name in gone]


def _folder(args: argparse.Namespace) -> Path:
    folder: Path = args.contracts
    if not folder.is_dir():
        raise SettingsError(f"There is no folder {folder}; run this at the root of the repository or name --contracts.")
    return folder
