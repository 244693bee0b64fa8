"""Which hosts are served."""

import re
from collections.abc import Iterable

from gateway_service.exchange import Exchange
from gateway_service.refusals import Refusal

_HOST = re.compile(rb"(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_REMEMBERED_HOSTS = 1000


class HostCheck:
    """``hosts`` are the names served; empty serves any."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._hosts = {name.lower().encode() for name in hosts}
        self._good: set[bytes] = set()  # Host headers found good, so that the usual one costs one look

    def __call__(self, exchange: Exchange) -> None:
        host = exchange.fields.get(b"host", b"")
        if host not in self._good:
            self._check(host)

    def _check(self, host: bytes) -> None:
        if not _HOST.fullmatch(host):
            raise Refusal("header_invalid", "The header Host is missing or not a host name.")
        name = host if host.endswith(b"]") else host.rpartition(b":")[0] or host
        if self._hosts and name.lower() not in self._hosts:
            raise Refusal("header_invalid", "This host is not served here.", status=421)
        if len(self._good) < _REMEMBERED_HOSTS:
            self._good.add(host)
