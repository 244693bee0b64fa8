"""Stages on every pair of database and transport, and the table of what each case lost, doubled or disordered."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import pytest
import urllib3

from launcher.servers import Postgres, RabbitMQ
from tests.faults.events.proxy import Proxy
from tests.faults.events.stage import Stage, Verdict
from tests.support.events import postgres_database, rabbitmq_queues, sqlite_url

EMBEDDED, SERVERS = ("sqlite", "embedded"), ("postgresql", "rabbitmq")
USUAL = [pytest.param(EMBEDDED, id="embedded"), pytest.param(SERVERS, id="servers", marks=pytest.mark.servers)]
UNUSUAL = [
    pytest.param(("sqlite", "rabbitmq"), id="sqlite-rabbitmq", marks=[pytest.mark.servers, pytest.mark.long]),
    pytest.param(("postgresql", "embedded"), id="postgresql-embedded", marks=[pytest.mark.servers, pytest.mark.long]),
]
_EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}
Record = Callable[[Stage], Verdict]
Broken = TypeVar("Broken", Postgres, RabbitMQ)
_VERDICT = "verdict"


@pytest.fixture(params=[*USUAL, *UNUSUAL])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """A stage with shared servers, which the case leaves running."""
    database, transport = request.param
    with ExitStack() as stack:
        press_url, reader_url = (stack.enter_context(_database(database, request, tmp_path)) for _ in range(2))
        events_url = stack.enter_context(_transport(transport, request, tmp_path))
        stage = Stage(tmp_path, press_url, reader_url, events_url)
        stack.callback(stage.break_down)
        yield stage


@contextlib.contextmanager
def _database(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        with sqlite_url(folder) as url:
            yield url
    else:
        with postgres_database(request.getfixturevalue("postgres_url")) as url:
            yield url


@contextlib.contextmanager
def _transport(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if kind == "embedded":
        yield f"sqlite:///{folder}/bus.sqlite3"
    else:
        url: str = request.getfixturevalue("rabbitmq_url")
        with rabbitmq_queues(url, "reader"):
            yield url


def _own(server: Broken) -> Iterator[Broken]:
    server.start()
    yield server
    server.kill()  # nobody needs its data, and a good end takes seconds
    server.remove()


@pytest.fixture(scope="session")
def own_rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ]:
    """A RabbitMQ that a case may stop."""
    yield from _own(RabbitMQ(tmp_path_factory.mktemp("rabbitmq")))


@pytest.fixture(scope="session")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL that a case may stop."""
    yield from _own(Postgres(tmp_path_factory.mktemp("postgres")))


@pytest.fixture(params=["postgresql", pytest.param("sqlite", marks=pytest.mark.long)])
def broken_broker_stage(
    own_rabbitmq: RabbitMQ, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Stage, RabbitMQ, Proxy]]:
    """A stage whose broker a case may stop, and the proxy that leads to it."""
    with ExitStack() as stack:
        press_url, reader_url = (stack.enter_context(_database(request.param, request, tmp_path)) for _ in range(2))
        stack.enter_context(rabbitmq_queues(own_rabbitmq.url, "reader"))
        proxy = stack.enter_context(Proxy(own_rabbitmq.port))
        events_url = own_rabbitmq.url.replace(f":{own_rabbitmq.port}/", f":{proxy.port}/")
        stage = Stage(tmp_path, press_url, reader_url, events_url)
        stack.callback(stage.break_down)
        yield stage, own_rabbitmq, proxy


@pytest.fixture(params=["rabbitmq", pytest.param("embedded", marks=pytest.mark.long)])
def broken_database_stage(
    own_postgres: Postgres, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Stage, Postgres]]:
    """A stage whose PostgreSQL a case may stop."""
    with ExitStack() as stack:
        press_url, reader_url = (stack.enter_context(postgres_database(own_postgres.url)) for _ in range(2))
        events_url = stack.enter_context(_transport(request.param, request, tmp_path))
        stage = Stage(tmp_path, press_url, reader_url, events_url)
        stack.callback(stage.break_down)
        yield stage, own_postgres


@pytest.fixture(scope="session")
def rabbitmq_url(rabbitmq: tuple[str, str], worker_id: str) -> str:
    """A virtual host of its own for each of the processes that share the cases: all have the same queues."""
    url, management_url = rabbitmq
    if worker_id == "master":
        return url
    here = f"{urlsplit(url).path[1:]}-{worker_id}".replace("%2F", "faults")
    for path, body in ((f"vhosts/{here}", {}), (f"permissions/{here}/{urlsplit(url).username}", _EVERYTHING)):
        answer = urllib3.request(
            "PUT", f"{management_url}/api/{path}", json=body, headers=urllib3.make_headers(basic_auth=_account(url))
        )
        assert answer.status in {201, 204}
    return urlunsplit(urlsplit(url)._replace(path=f"/{here}"))


def _account(url: str) -> str:
    return f"{urlsplit(url).username}:{urlsplit(url).password}"


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Record:
    """Put a case's verdict into the table."""
    case, _, variant = request.node.name.removeprefix("test_").partition("[")

    def put(stage: Stage) -> Verdict:
        verdict = stage.verdict()
        transport = "rabbitmq" if stage.events_url.startswith("amqp") else "embedded"
        figures = (verdict.events, verdict.lost, verdict.doubled, verdict.out_of_order)
        name = case.replace("_", " ") + (f" [{variant}" if variant else "")
        request.node.user_properties.append((_VERDICT, [name, transport, stage.press.dialect, *map(str, figures)]))
        return verdict

    return put


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, ())]
    reports.sort(key=lambda report: str(report.nodeid))
    rows = [value for report in reports for name, value in report.user_properties if name == _VERDICT]
    if not rows:
        return
    heads = ["case", "transport", "database", "events", "lost", "doubled", "out of order"]
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    terminalreporter.section("faults of events")
    for row in [heads, *rows]:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        terminalreporter.write_line("  ".join(cells).rstrip())
