"""Web processes to measure beside each other, each with one worker: auth's, and a plain Django project's."""

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.processes import Measured, gunicorn, imports_of, processes, service_command
from launcher import ROOT
from launcher.servers import Postgres, Redis
from launcher.servers.ports import free_port
from tests.support.api import PASSWORD

MANY = "1000000"
SETTINGS = {
    "AUTH_REGISTRATIONS_PER_ADDRESS": MANY,
    "AUTH_SESSIONS_PER_USER": MANY,
    "LOG_LEVEL": "ERROR",
}
"""No brake, and no line a request, which the plain project does not write either."""

_QUERIES = """
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
with CaptureQueriesContext(connection) as queries:
    answer = Client().generic({method!r}, {path!r}, {body!r}, content_type="application/json", headers={headers!r})
assert answer.status_code == 200, answer.content
print("queries", len(queries))
"""


@dataclass(frozen=True)
class Pair:
    """Both, on databases of one PostgreSQL."""

    auth: Measured
    plain: Measured
    auth_variables: Mapping[str, str]

    def queries(self, method: str, path: str, body: Any = None, token: str = "") -> int:
        """Of a request that is answered with 200, in a process of its own."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        sent = "" if body is None else json.dumps(body)
        printed = self.shell(_QUERIES.format(method=method, path=path, body=sent, headers=headers))
        return int(printed.rpartition("queries ")[2])

    def shell(self, script: str) -> str:
        """What a script in auth's shell prints."""
        command = service_command("auth", "manage", "shell", "--command", script)
        done = subprocess.run(command, env=self.auth_variables, cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stdout


@contextmanager
def pair() -> Iterator[Pair]:
    """Start them with all they need."""
    with TemporaryDirectory(prefix="broadsheet-bench-") as name:
        postgres, redis = Postgres(Path(name)), Redis(Path(name))
        with postgres, redis, processes() as started:
            auth_port, plain_port = free_port(), free_port()
            of_auth = {
                "PATH": os.environ["PATH"],
                "AUTH_DATABASE_URL": postgres.create_database("auth"),
                "AUTH_PORT": str(auth_port),
                "CACHE_URL": redis.url,
                "VAR_DIR": str(started.folder / "var"),
                **imports_of("auth"),
                **SETTINGS,
            }
            of_plain = {"PATH": os.environ["PATH"], "PLAIN_DATABASE_URL": postgres.create_database("plain")}
            for command, environment in (
                (service_command("auth", "migrate"), of_auth),
                ([sys.executable, "-m", "benchmarks.auth.plain"], of_plain),
            ):
                subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
            yield Pair(
                started.start("auth", service_command("auth", "web"), auth_port, of_auth),
                started.start("plain", gunicorn("benchmarks.auth.plain:application", plain_port), plain_port, of_plain),
                of_auth,
            )
        postgres.remove()


def register(web: Measured, username: str) -> None:
    """An account of auth, with the password of the tests."""
    body = {"email": f"{username}@example.org", "username": username, "password": PASSWORD}
    post(web.connection(), "/api/v1/auth/users", body, status=201)


def post(connection: http.client.HTTPConnection, path: str, body: Any, *, status: int = 200) -> Any:
    """The answer's JSON; raises AssertionError for another status."""
    headers = {"Content-Type": "application/json"}
    return json.loads(_ask(connection, "POST", path, json.dumps(body), headers, status))


def get(connection: http.client.HTTPConnection, path: str, token: str = "") -> bytes:
    """The answer; raises AssertionError unless it is 200."""
    return _ask(connection, "GET", path, None, {"Authorization": f"Bearer {token}"} if token else {}, 200)


def _ask(  # noqa: PLR0913, PLR0917  the parts of a request, and what is expected
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: str | None,
    headers: dict[str, str],
    status: int,
) -> bytes:
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != status:
        raise AssertionError(f"{path}: {answer.status} {content[:300]!r}")
    return content
