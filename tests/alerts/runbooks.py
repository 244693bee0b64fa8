"""What a runbook has its reader run, and how the same is said where the platform runs on one machine."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from tests.documents.pages import ROOT

FOLDER = ROOT / "docs/runbooks"
ON_ONE_MACHINE = {"relay": "messenger", "consumer": "messenger"}
"""Processes of the chart that are one there."""
FEW = 2
"""So many bring back what does not run; more of them are for a cluster."""
TELLING = frozenset({"audit", "reconcile"})
"""What they look for may have been amiss before."""
OF_A_CLUSTER = frozenset({"cronjob", "job"})
"""What only a cluster has."""


@dataclass(frozen=True)
class Command:
    """A command line of a page; ``words`` are what takes its place on one machine, or nothing does.

    ``service`` is whose settings it needs. A command that ``follows`` does not end by itself; one that ``tells`` says
    by its exit code what it has found.
    """

    text: str
    words: tuple[str, ...] = ()
    service: str = ""
    follows: bool = False
    tells: bool = False


def sections(page: str) -> dict[str, str]:
    """The text of each section of a runbook by its title."""
    _, *parts = re.split(r"^## (.*)$", page, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def queries(section: str) -> list[str]:
    """What it asks Prometheus."""
    blocks = re.findall(r"```promql\n(.*?)```", section, re.DOTALL)
    return [query for block in blocks for query in block.splitlines()]


def commands(section: str) -> Iterator[Command]:
    """Its command lines, those indented by four."""
    for text in re.findall(r"^    (\S.*)$", section, re.MULTILINE):
        yield local(text)


def read(alert: str) -> dict[str, str]:
    """The sections of an alert's page."""
    return sections((FOLDER / f"{alert}.md").read_text())


def local(text: str) -> Command:
    """The command as a machine without a cluster has it; see the README of the runbooks."""
    words = shlex.split(text.partition(" | ")[0])
    if words[0] == "broadsheet":
        return Command(text, tuple(words), service=words[1], tells=bool(TELLING & {*words}))
    if words[0] != "kubectl" or any(word.partition("/")[0] in OF_A_CLUSTER for word in words):
        return Command(text)
    return _of_kubectl(text, words)


def _of_kubectl(text: str, words: list[str]) -> Command:
    before, inner = (words[: words.index("--")], words[words.index("--") + 1 :]) if "--" in words else (words, [])
    verb = next(word for word in before[1:] if word not in {"-n", "broadsheet"})
    process = _process(before)
    if inner:
        service = process.partition("-")[0]
        own = inner[0] == "broadsheet"
        words = ["broadsheet", service, *inner[1:]] if own else inner
        return Command(text, tuple(words), service=service, tells=bool(TELLING & {*words}))
    if verb in {"get", "describe"}:
        return Command(text, ("make", "status"), tells=True)
    if verb == "logs":
        return Command(text, ("make", "logs", f"S={process}") if process else ("make", "logs"), follows=True)
    if verb == "rollout" or (verb == "scale" and int(words[-1].partition("=")[2]) <= FEW):
        return Command(text, ("make", "restart", f"S={process}"))
    return Command(text)


def _process(words: list[str]) -> str:
    """The one that a deployment of the chart is here."""
    named = [found[1] for word in words if (found := re.search(r"^(?:deploy(?:ment)?/)?broadsheet-([a-z-]+)$", word))]
    service, _, role = (named or [""])[0].partition("-")
    return f"{service}-{ON_ONE_MACHINE.get(role, role)}" if role else service


def marked(name: str, proved: str) -> str:
    """A page that says below its last section when it was last proved, and how."""
    before = (FOLDER / f"{name}.md").read_text().partition("\n## Last proved\n")[0]
    return f"{before.rstrip()}\n\n## Last proved\n\n{proved}\n"
