"""Business figures over UDP: counters and timers named ``broadsheet.<service>.<area>.<event>``.

Nothing here waits or raises: a figure that cannot be sent is lost, and the request goes on.
"""

from urllib.parse import urlsplit

from statsd import StatsClient  # type: ignore[import-untyped]

from chassis.logging import get_logger
from chassis.settings import ServiceSettings, SettingsError

log = get_logger()
_client: StatsClient | None = None


def setup(settings: ServiceSettings) -> None:
    """Send from now on if STATSD_URL is set; raises SettingsError if it cannot be read."""
    global _client  # noqa: PLW0603  one per process
    if not settings.statsd_url:
        return
    url = urlsplit(settings.statsd_url)
    if url.scheme != "udp" or not url.hostname or not url.port:
        raise SettingsError(f"STATSD_URL is {settings.statsd_url}; it must look like udp://host:8125.")
    try:
        _client = StatsClient(url.hostname, url.port, prefix=f"broadsheet.{settings.service}")
    except OSError as error:
        log.warning("statsd is off", host=url.hostname, error=str(error))
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
