"""The programs that pages call, each with what understands its words: raises Refused where they are false."""

import importlib
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import yaml
from blog_service.transfer.options import export_options, import_options
from chassis.events.commands import verbs
from chassis.migrations import parse_options
from chassis.settings_error import SettingsError

from launcher.settings import SERVICES
from tests.documents import cluster
from tests.documents.cluster import Refused
from tests.documents.pages import ROOT

MAKEFILE = dict(re.findall(r"^([a-z0-9-]+):.*?## (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE))
"""What `make` says of each target, with the variables it heeds."""
OF_OTHERS = frozenset(
    {"cat", "curl", "find", "grep", "jq", "kind", "ls", "openssl", "rabbitmqctl", "sed", "sh", "sha256sum", "tar"}
)
"""Programs that pages call and that are not ours to know."""
ANOTHER = "…"
"""Stands for what the reader adds."""


def refuse_false(page: str, words: list[str], service: str = "") -> None:
    """Hold the words of one command against the program itself; ``service`` is whose container it runs in."""
    program, *rest = words
    if program == "kubectl":
        before, inner = (rest[: rest.index("--")], rest[rest.index("--") + 1 :]) if "--" in rest else (rest, [])
        service = cluster.kubectl(page, before)
        if inner and inner[0] not in OF_OTHERS:
            refuse_false(page, inner, service)
    elif program == "helm":
        cluster.helm([word for word in rest if word != ANOTHER])
    elif program in PROGRAMS:
        PROGRAMS[program](rest, service)
    elif program not in OF_OTHERS:
        raise Refused(f"nobody knows the program {program}")


def _make(words: list[str], _service: str) -> None:
    targets = [word for word in words if "=" not in word]
    if not set(targets) <= MAKEFILE.keys():
        raise Refused(f"the Makefile has none of {targets}")
    heeded = re.findall(r"\b([A-Z_]+)=", " ".join(MAKEFILE[target] for target in targets))
    for word in words:
        if "=" in word and word.partition("=")[0] not in heeded:
            raise Refused(f"make {targets} does not say that it heeds {word}; it says {heeded}")


def _broadsheet(words: list[str], service: str) -> None:
    if words and words[0] in SERVICES:
        service, *words = words
    if not service:
        raise Refused(f"which service is meant by {words}?")
    commands = importlib.import_module(f"{service}_service.commands").COMMANDS
    if not words or words[0] not in commands:
        raise Refused(f"{service} has none of the commands {words}; it has {', '.join(commands)}")
    command, *rest = words
    try:
        PARSERS.get(f"{service} {command}", PARSERS.get(command, _nothing))(service, rest)
    except SettingsError as error:
        raise Refused(str(error)) from error
    except SystemExit as error:
        raise Refused(f"{service} {command} does not understand {rest}") from error


def _nothing(_service: str, words: list[str]) -> None:
    if words:
        raise Refused(f"it takes no words: {words}")


def _events(service: str, words: list[str]) -> None:
    verbs.parser(service).parse_args([word for word in words if word != ANOTHER])


def _of_the_gateway(command: str, words: list[str]) -> None:
    importlib.import_module(f"gateway_service.commands.{command}").parser().parse_args(words)


def _of_staff(command: str, words: list[str]) -> None:
    getattr(importlib.import_module("auth_service.staff.arguments"), command)().parse_args(words)


def _manage(service: str, words: list[str]) -> None:
    if reason := _refusal_of_django(service, *words):
        raise Refused(reason)


@cache
def _refusal_of_django(service: str, *words: str) -> str:
    """What a Django command says against the words; in a process of its own, for one has one service's settings."""
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, str(Path(__file__).with_name("manage_words.py")), service, *words]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return answer.stderr.strip().splitlines()[-1] if answer.returncode else ""


def _pytest(words: list[str], _service: str) -> None:
    for word in words:
        if word.startswith("--"):
            if f'"{word.partition("=")[0]}"' not in (ROOT / "conftest.py").read_text():
                raise Refused(f"no suite has the option {word}")
        elif not (ROOT / word).exists():
            raise Refused(f"there is nothing to test at {word}")


def _docker(words: list[str], _service: str) -> None:
    """``docker run`` of an image of ours, or ``docker compose exec`` in a container, with a command of its service."""
    if words[0] == "compose":
        container, *inner = words[words.index("exec") + 1 :]
        if container not in yaml.safe_load((ROOT / "docker/compose.yaml").read_text())["services"]:
            raise Refused(f"Compose has no service {container}")
        refuse_false("", inner)
        return
    image = next(index for index, word in enumerate(words) if "/broadsheet/" in word)
    service = words[image].rpartition("/")[2].partition(":")[0]
    if service not in SERVICES:
        raise Refused(f"there is no image {words[image]}")
    _broadsheet(words[image + 1 :], service)


def _python(words: list[str], _service: str) -> None:
    if words[0] == "-m" and importlib.util.find_spec(words[1]) is None:
        raise Refused(f"there is no module {words[1]}")


def _bash(words: list[str], _service: str) -> None:
    if not (ROOT / words[0]).is_file():
        raise Refused(f"there is no file {words[0]}")


PROGRAMS: dict[str, Callable[[list[str], str], None]] = {
    "make": _make,
    "broadsheet": _broadsheet,
    "events": lambda words, service: _broadsheet(["events", *words], service),
    "pytest": _pytest,
    "docker": _docker,
    "python": _python,
    "python3": _python,
    "bash": _bash,
}
PARSERS: dict[str, Callable[[str, list[str]], object]] = {
    "events": _events,
    "migrate": lambda _service, words: parse_options(words),
    "manage": _manage,
    "media rerender": lambda _service, words: importlib.import_module("media_service.commands").after_of(
        ["01900000-0000-7000-8000-000000000001" if word == ANOTHER else word for word in words]
    ),
    "media reconcile": lambda _service, words: importlib.import_module("media_service.commands").repair_of(words),
    "blog import": lambda _service, words: import_options().parse_args(words),
    "blog export": lambda _service, words: export_options().parse_args(words),
    "auth create-admin": lambda _service, words: _of_staff("create_admin", words),
    "gateway check": lambda _service, words: _of_the_gateway("check", words),
    "gateway explain": lambda _service, words: _of_the_gateway("explain", words),
    "gateway routes": lambda _service, words: _of_the_gateway("routes", words),
}
OURS = PROGRAMS.keys() | {"kubectl", "helm"}
