"""Every suite begins here: settings that do not depend on the person's shell, and the database that was asked for.

One suite is one pytest process (`pytest services/auth`): Django has one set of settings in a process.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import chassis  # noqa: F401  before pytest makes a namespace package of the folder of that name
from launcher.settings import SERVICES_WITH_DATABASE
from tests.support import servers

OF_THE_PLATFORM = (
    *(
        "ENVIRONMENT",
        "PUBLIC_URL",
        "PICTURES_URL",
        "LOG_LEVEL",
        "RELEASE",
        "EVENTS_URL",
        "EVENTS_MANAGEMENT_URL",
        "JOBS_URL",
        "CACHE_URL",
        "STATSD_URL",
    ),
    *("SENTRY_DSN", "SERVICE_TOKEN", "TOKEN_ISSUER", "TOKEN_AUDIENCE", "HEARTBEAT_FILE", "METRICS_HOST"),
    *("METRICS_PORT", "DRAIN_SECONDS", "VAR_DIR", "SECRETS_DIR", "SERVICE"),
)
PREFIXES = ("AUTH_", "BLOG_", "MEDIA_", "GATEWAY_", "OTEL_")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="kind of the services' databases; postgresql takes TEST_POSTGRES_URL or starts a private server",
    )
    parser.addoption(
        "--mode", choices=["embedded", "servers"], help="of the platform e2e starts; both in turn when not given"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Set the services' environment before pytest-django reads a service's settings."""
    cleanup = contextlib.ExitStack()
    config.add_cleanup(cleanup.close)
    for name in list(os.environ):
        if name in OF_THE_PLATFORM or name.startswith(PREFIXES):
            del os.environ[name]
    folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="broadsheet-test-")))
    os.environ |= {
        "ENVIRONMENT": "development",
        "EVENTS_URL": f"sqlite:///{folder}/bus.sqlite3",
        "JOBS_URL": f"sqlite:///{folder}/jobs.sqlite3",
        "VAR_DIR": str(folder),
        "MEDIA_STORAGE_URL": f"file://{folder}/media",
    }
    if config.getoption("database") == "postgresql":
        os.environ |= cleanup.enter_context(servers.fresh_databases())
    else:
        os.environ |= {
            f"{name.upper()}_DATABASE_URL": f"sqlite:///{folder}/{name}.sqlite3" for name in SERVICES_WITH_DATABASE
        }


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL where the test may create databases."""
    with servers.or_left_out(servers.postgres()) as url:
        yield url


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[tuple[str, str]]:
    """The URLs of a RabbitMQ and of its management API."""
    with servers.or_left_out(servers.rabbitmq()) as urls:
        yield urls


@pytest.fixture(scope="session")
def rabbitmq_url(rabbitmq: tuple[str, str]) -> str:
    """A RabbitMQ where the test may declare what it likes."""
    return rabbitmq[0]


@pytest.fixture(scope="session")
def rabbitmq_management_url(rabbitmq: tuple[str, str]) -> str:
    """The management API of that RabbitMQ."""
    if not rabbitmq[1]:
        pytest.skip("TEST_RABBITMQ_URL comes without TEST_RABBITMQ_MANAGEMENT_URL")
    return rabbitmq[1]


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis the test may fill."""
    with servers.or_left_out(servers.redis()) as url:
        yield url
