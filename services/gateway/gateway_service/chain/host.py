"""Which hosts are served."""

import re
from collections.abc import Iterable

from gateway_service.exchange import Exchange
from gateway_service.refusals import Refusal

_HOST = re.compile(rb"(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_REMEMBERED_HOSTS = 1000


class HostCheck:
    """``hosts`` are the names served; empty serves any. Those ``of_pictures`` have pictures alone."""

    def __init__(self, hosts: Iterable[str], of_pictures: Iterable[str] = ()) -> None:
        self._hosts = {name.lower().encode() for name in hosts}
        self._of_pictures = {name.lower().encode() for name in of_pictures}
        self._good: dict[bytes, bool] = {}  # Host headers found good, so that the usual one costs one look

    def __call__(self, exchange: Exchange) -> None:
        host = exchange.fields.get(b"host", b"")
        at_pictures = self._good.get(host)
        exchange.at_pictures = self._check(host) if at_pictures is None else at_pictures

    def _check(self, host: bytes) -> bool:
        """Whether it is one of pictures; raises Refusal for one that is not served."""
        if not _HOST.fullmatch(host):
            raise Refusal("header_invalid", "The header Host is missing or not a host name.")
        name = host if host.endswith(b"]") else host.rpartition(b":")[0] or host
        name = name.lower()
        if self._hosts and name not in self._hosts:
            raise Refusal("header_invalid", "This host is not served here.", status=421)
        at_pictures = name in self._of_pictures
        if len(self._good) < _REMEMBERED_HOSTS:
            self._good[host] = at_pictures
        return at_pictures
