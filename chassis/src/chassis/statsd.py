"""Business figures over UDP: counters and timers named ``broadsheet.<service>.<area>.<event>``.

Nothing here waits or raises: a figure that cannot be sent is lost, and the request goes on.
"""

import re
import socket

from statsd import StatsClient  # type: ignore[import-untyped]

from chassis.logging import get_logger
from chassis.settings import ServiceSettings, SettingsError

log = get_logger()
_URL = re.compile(r"udp://(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<host>[^/:@\[\]]+)):(?P<port>\d{1,5})/?")
_client: StatsClient | None = None


def setup(settings: ServiceSettings) -> None:
    """Send from now on if STATSD_URL is set; raises SettingsError if it cannot be read."""
    global _client  # noqa: PLW0603  one per process
    if not settings.statsd_url:
        return
    match = _URL.fullmatch(settings.statsd_url)
    if not match or int(match["port"]) > 65535:
        raise SettingsError(f"STATSD_URL is {settings.statsd_url}; it must look like udp://host:8125.")
    host, port = match["ipv6"] or match["host"], int(match["port"])
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0][0]
        prefix = f"broadsheet.{settings.service}"
        _client = StatsClient(host, port, prefix=prefix, ipv6=family == socket.AF_INET6)
    except OSError as error:
        log.warning("statsd is off", host=host, error=str(error))
    else:
        _client._sock.setblocking(False)  # a full socket buffer must not hold up a request


def incr(name: str, count: int = 1) -> None:
    """Count ``<area>.<event>``, e.g. ``posts.published``."""
    if _client:
        _client.incr(name, count)


def timing(name: str, milliseconds: float) -> None:
    """Record how long ``<area>.<event>`` took."""
    if _client:
        _client.timing(name, milliseconds)
