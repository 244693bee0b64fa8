"""The how-to pages show every verb of the command, with what it answered."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.events.commands.verbs import parser

HOW_TO = Path(__file__).parents[4] / "docs/how-to"
PAGES = "".join((HOW_TO / name).read_text() for name in ("events-command.md", "redrive.md"))


def verbs(of: argparse.ArgumentParser, before: tuple[str, ...] = ()) -> Iterator[str]:
    """Every verb, with its action where it has some."""
    choices = [action.choices for action in of._actions if isinstance(action, argparse._SubParsersAction)]
    if not choices:
        yield " ".join(before)
    for name, below in [each for found in choices for each in found.items()]:
        yield from verbs(below, (*before, name))


@pytest.mark.parametrize("verb", list(verbs(parser("press"))))
def test_verb_is_shown_with_its_answer(verb: str) -> None:
    shown = [each.partition("\n")[2] for service in ("auth", "blog") for each in asked(f"{service} events {verb}")]
    assert any(answer and not answer.startswith(("$", "```")) for answer in shown)


def asked(command: str) -> list[str]:
    """What the pages show from a command on."""
    return [f"{command}{after}" for after in PAGES.split(f"\n$ broadsheet {command}")[1:]]
