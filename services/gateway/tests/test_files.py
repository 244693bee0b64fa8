"""Each connection is an open file: the gateway takes what the system lets it have, whatever the shell began with."""

import resource
from collections.abc import Callable

from gateway_service.testing.running import Running


def test_gateway_may_open_as_many_files_as_the_system_allows(start_gateway: Callable[..., Running]) -> None:
    few, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, few), most))  # as a shell gives them
    try:
        running = start_gateway()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))
    running.wait_until_ready()
    assert resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE) == (most, most)
