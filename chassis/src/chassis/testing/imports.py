"""Processes that start fast because of what they do not import."""

import subprocess
import sys

FRAMEWORKS = frozenset({"django.db", "fastapi", "sqlalchemy"})  # kombu imports a corner of Django where it is installed

_MIGRATE = """
from {service}_service.commands import COMMANDS
COMMANDS["migrate"]({arguments})
"""
_BEAT = """
sys.argv[1:] = ["beat"]
from {service}_service.celery import app
app.loader.import_default_modules()
app.finalize()
"""
_SERVE = """
import {service}_service.server
"""
_TELL = """
dear = sys.modules.keys() & {dear}
sys.exit(f"imported: {{dear}}" if dear else 0)
"""


def imports_of_migrate_wait(service: str) -> tuple[int, str]:
    """Exit code and standard error of ``migrate --wait``, which every pod runs: ``(0, "")``, or what is too heavy."""
    return _migrate(service, ["--wait", "0"])


def imports_of_migrate(service: str) -> tuple[int, str]:
    """Exit code and standard error of ``migrate`` on a database that has all migrations, as above."""
    return _migrate(service, [])


def imports_of_beat(service: str) -> tuple[int, str]:
    """Exit code and standard error of a beat process up to its first look at the schedule; it has no database."""
    return _run(_BEAT.format(service=service), FRAMEWORKS | {"psycopg"})


def imports_of_web(service: str) -> tuple[int, str]:
    """Exit code and standard error of a web process, which needs no Celery before its first request queues a job."""
    return _run(_SERVE.format(service=service), frozenset({"celery", "kombu"}))


def _migrate(service: str, arguments: list[str]) -> tuple[int, str]:
    heavy = FRAMEWORKS | {"django", "pydantic", "structlog", "opentelemetry"}
    return _run(_MIGRATE.format(service=service, arguments=arguments), heavy)


def _run(steps: str, dear: frozenset[str]) -> tuple[int, str]:
    words = [sys.executable, "-c", f"import sys{steps}{_TELL.format(dear=set(dear))}"]
    process = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603  our own Python
    return process.returncode, process.stderr
