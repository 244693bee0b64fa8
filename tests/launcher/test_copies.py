"""Which copy of the platform is at a port, where several run."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from launcher.copies import MARK, copy_on
from launcher.servers.ports import free_port

LISTEN = "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"


@pytest.fixture
def copies() -> Iterator[dict[Path, int]]:
    """Two that listen, each at a port of its own."""
    with ExitStack() as stack:
        ports = {}
        for var in (Path("/var/one"), Path("/var/other")):
            process = subprocess.Popen(
                [sys.executable, "-c", LISTEN],
                env={MARK: str(var)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.callback(process.communicate)
            assert process.stdout
            ports[var] = int(process.stdout.readline())
        yield ports


def test_each_is_known_by_its_port(copies: dict[Path, int]) -> None:
    assert {var: copy_on([port]) for var, port in copies.items()} == {var: var for var in copies}


def test_a_port_of_nobody_is_no_copys(copies: dict[Path, int]) -> None:
    assert copy_on([free_port()]) is None
