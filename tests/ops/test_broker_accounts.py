"""Compose and devinfra start RabbitMQ with the services' accounts, and give each service the URLs of its own."""

import base64
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from chassis.events import transports

from docker import compose
from launcher.servers import RabbitMQ
from tests.chart.rendering import of_kind, render
from tests.ops.test_compose import OURS
from tests.support import servers

FOLDER = Path(compose.__file__).parent / "compose"
URLS_OF = dict.fromkeys(("auth", "blog", "media"), ("EVENTS_URL", "JOBS_URL")) | {"gateway": ("EVENTS_URL",)}
PROGRAMS = {name: f"{name}-web" for name in URLS_OF} | {"gateway": "gateway"}
Urls = dict[str, dict[str, str]]


class Broker(RabbitMQ):
    """A RabbitMQ that loads definitions when it starts, with its own password for the administrator."""

    definitions: Path

    def prepare(self) -> None:
        super().prepare()
        with (self.folder / "rabbitmq.conf").open("a") as configuration:
            configuration.write(f"load_definitions = {self.definitions}\n")


def of_compose(folder: Path) -> tuple[str, Urls]:
    """What docker/compose/rabbitmq.sh makes, run beside stand-ins for what only the image has."""
    compose.make_secrets(folder / "secrets.env")
    made = dict(line.split("=", 1) for line in (folder / "secrets.env").read_text().splitlines())
    for program in ("chown", "docker-entrypoint.sh"):
        (folder / program).write_text("#!/bin/sh\n")
        (folder / program).chmod(0o755)
    script = (FOLDER / "rabbitmq.sh").read_text()
    script = script.replace("/broadsheet", str(FOLDER)).replace("/var/lib/rabbitmq", str(folder))
    environment = os.environ | made | {"PATH": f"{folder}:{os.environ['PATH']}"}
    subprocess.run(["sh", "-c", script], env=environment, check=True, timeout=60)
    urls = {
        service: {
            name: re.sub(
                r"\$\{(\w+):\?[^}]*\}", lambda asked: made[asked[1]], OURS[PROGRAMS[service]]["environment"][name]
            )
            for name in names
        }
        for service, names in URLS_OF.items()
    }
    return (folder / "definitions.json").read_text(), urls


def of_devinfra(_folder: Path) -> tuple[str, Urls]:
    secrets = {item["metadata"]["name"]: item["data"] for item in of_kind(render({}, "devinfra"), "Secret")}
    urls = {
        service: {name: decoded(secrets[f"broadsheet-{service}"][name]) for name in names}
        for service, names in URLS_OF.items()
    }
    return decoded(secrets["devinfra-rabbitmq"]["definitions.json"]), urls


def decoded(value: str) -> str:
    return base64.b64decode(value).decode()


@pytest.fixture(params=[of_compose, of_devinfra])
def started(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[RabbitMQ, Urls]]:
    text, urls = request.param(tmp_path)
    definitions: dict[str, Any] = json.loads(text)
    server = Broker(tmp_path / "server")
    for user in definitions["users"]:
        if user["name"] == "broadsheet":
            user["password"] = server.password
    server.definitions = tmp_path / "loaded.json"
    server.definitions.write_text(json.dumps(definitions))
    with servers.or_left_out(server):
        yield server, urls
    server.remove()


@pytest.mark.servers
def test_each_service_enters_with_its_own_account(started: tuple[RabbitMQ, Urls]) -> None:
    server, urls = started
    assert set(server.ctl("list_users").split()) >= {*URLS_OF, "broadsheet"}
    for service, own in urls.items():
        for name, url in own.items():
            parts = urlsplit(url)
            assert (parts.username, parts.hostname) != ("broadsheet", None)
            here = url.replace(f"@{parts.hostname}:5672", f"@{server.host}:{server.port}")
            assert transports.connect(here).depth("nothing") is None, (service, name)
    assert "auth\t^(events|" in server.ctl("list_permissions", "-p", "/")


def test_secrets_that_a_later_version_asks_for_are_added(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    compose.make_secrets(file)
    first = file.read_text().splitlines()
    file.write_text("".join(f"{line}\n" for line in first if "_RABBITMQ_" not in line))
    compose.make_secrets(file)
    names = {line.partition("=")[0] for line in file.read_text().splitlines()}
    assert names == {line.partition("=")[0] for line in first}
    assert {line for line in first if "_RABBITMQ_" not in line} <= set(file.read_text().splitlines())
