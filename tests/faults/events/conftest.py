"""Stages on every pair of database and transport, and the table of what each case lost, doubled or disordered."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

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
Record = Callable[[Stage], Verdict]
_TABLE = pytest.StashKey[list[tuple[str, ...]]]()


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


@pytest.fixture(scope="session")
def own_rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ]:
    """A RabbitMQ that a case may stop."""
    with RabbitMQ(tmp_path_factory.mktemp("rabbitmq")) as server:
        yield server
    server.remove()


@pytest.fixture(scope="session")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL that a case may stop."""
    with Postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server
    server.remove()


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


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Record:
    """Put a case's verdict into the table."""
    table = request.config.stash.setdefault(_TABLE, [])
    case, _, variant = request.node.name.removeprefix("test_").partition("[")

    def put(stage: Stage) -> Verdict:
        verdict = stage.verdict()
        transport = "rabbitmq" if stage.events_url.startswith("amqp") else "embedded"
        figures = (verdict.events, verdict.lost, verdict.doubled, verdict.out_of_order)
        name = case.replace("_", " ") + (f" [{variant}" if variant else "")
        table.append((name, transport, stage.press.dialect, *map(str, figures)))
        return verdict

    return put


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rows = config.stash.get(_TABLE, [])
    if not rows:
        return
    heads = ("case", "transport", "database", "events", "lost", "doubled", "out of order")
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    terminalreporter.section("faults of events")
    for row in [heads, *rows]:
        terminalreporter.write_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
