"""The servers of one `make test`: started once, told to each suite by TEST_*_URL."""

import contextlib
import re
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from launcher.servers import Postgres, RabbitMQ, Server
from launcher.servers.provision import as_available

Environment = Callable[[str], dict[str, str]]


@contextlib.contextmanager
def shared_servers(kinds: Collection[type[Server]]) -> Iterator[Environment]:
    """Start the kinds of servers and give a function from a suite's name to its variables."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-test-") as folder, contextlib.ExitStack() as started:
        variables: dict[str, str] = {}
        rabbitmq = None
        for kind in kinds:
            server = _private(kind, Path(folder))
            started.callback(server.remove)
            started.enter_context(server)
            variables[f"TEST_{kind.__name__.upper()}_URL"] = server.url
            if isinstance(server, RabbitMQ):
                rabbitmq = server
                variables["TEST_RABBITMQ_MANAGEMENT_URL"] = server.management_url

        def environment(suite: str) -> dict[str, str]:
            if rabbitmq is None:
                return variables
            return variables | {"TEST_RABBITMQ_URL": rabbitmq.create_vhost(re.sub("[^a-z]+", "-", suite.lower()))}

        yield environment


def _private(kind: type[Server], folder: Path) -> Server:
    available = as_available(kind)
    if issubclass(available, Postgres):
        return available(folder, settings={"fsync": "off", "full_page_writes": "off"})
    return available(folder)
