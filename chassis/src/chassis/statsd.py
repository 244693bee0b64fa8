"""Business figures over UDP: counters and timers named ``broadsheet.<service>.<area>.<event>``.

Nothing here waits or raises: a figure that cannot be sent is lost, and the request goes on. A name is looked up in the
background, again and again: it may not be there yet, and may lead elsewhere later.
"""

import ipaddress
import re
import socket
import threading
import time

from statsd import StatsClient  # type: ignore[import-untyped]

from chassis.logging import get_logger
from chassis.settings import ServiceSettings, SettingsError

LOOK_UP_SECONDS = 15
log = get_logger()
_URL = re.compile(r"udp://(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<host>[^/:@\[\]]+)):(?P<port>\d{1,5})/?")
_client: StatsClient | None = None


def setup(settings: ServiceSettings) -> None:
    """Send from now on if STATSD_URL is set; raises SettingsError if it cannot be read."""
    if not settings.statsd_url:
        return
    match = _URL.fullmatch(settings.statsd_url)
    if not match or int(match["port"]) > 65535:
        raise SettingsError(f"STATSD_URL is {settings.statsd_url}; it must look like udp://host:8125.")
    found = Daemon(match["ipv6"] or match["host"], int(match["port"]), f"broadsheet.{settings.service}")
    if found.is_address:
        found.look_up()
    else:
        threading.Thread(target=found.follow, name="statsd-name", daemon=True).start()


def incr(name: str, count: int = 1) -> None:
    """Count ``<area>.<event>``, e.g. ``posts.published``."""
    if client := _client:
        client.incr(name, count)


def timing(name: str, milliseconds: float) -> None:
    """Record how long ``<area>.<event>`` took."""
    if client := _client:
        client.timing(name, milliseconds)


class Daemon:
    """Where figures go; ``look_up`` finds its address, or finds that it has another one now."""

    def __init__(self, host: str, port: int, prefix: str) -> None:
        self._host = host
        self._port = port
        self._prefix = prefix
        self._address = ""
        self._missing = False

    @property
    def is_address(self) -> bool:
        try:
            ipaddress.ip_address(self._host)
        except ValueError:
            return False
        return True

    def follow(self) -> None:
        """Look it up every few seconds for as long as the process lives."""
        while True:
            self.look_up()
            time.sleep(LOOK_UP_SECONDS)

    def look_up(self) -> None:
        """Send to the address that the name has now, if it has one; else to the last one."""
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)
        except (OSError, UnicodeError) as error:
            if not self._missing:
                log.warning("statsd is not found", host=self._host, error=str(error))
            self._missing = True
            return
        self._missing = False
        addresses = sorted((str(entry[4][0]) for entry in found), key=lambda address: ":" in address)  # IPv4 first
        if self._address not in addresses:
            self._send_to(addresses[0])

    def _send_to(self, address: str) -> None:
        global _client
        client = StatsClient(address, self._port, prefix=self._prefix, ipv6=":" in address)
        client._sock.setblocking(False)  # noqa: SLF001  a full socket buffer must not hold up a request
        previous, self._address, _client = _client, address, client
        if previous:
            previous._sock.close()  # noqa: SLF001  who still sends by it loses a figure, as over a network
        log.info("statsd found", host=self._host, address=address)
