"""First link: Host and framing, before anything is made of the request (RFC 9110, RFC 9112).

What is no HTTP, too long, or could be read in two ways, the door has found already (``door/head.py``). It is refused
here, with all the rest.
"""

import re
from collections.abc import Iterable

from gateway_service.exchange import Exchange
from gateway_service.refusals import Refusal

_HOST = re.compile(rb"(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_ONCE = frozenset({b"host", b"authorization", b"origin", b"content-type", b"content-length", b"transfer-encoding"})
_REMEMBERED_HOSTS = 1000


class Framing:
    """``hosts`` are the names served; empty serves any."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._hosts = {name.lower().encode() for name in hosts}
        self._good: set[bytes] = set()  # Host headers found good, so that the usual one costs one look

    def __call__(self, exchange: Exchange) -> None:
        head = exchange.turn.head
        if head.refusal:
            raise head.refusal
        fields = exchange.fields
        if len(fields) != len(exchange.headers):
            _refuse_repetitions(exchange)
        host = fields.get(b"host", b"")
        if host not in self._good:
            self._check_host(host)
        if b"upgrade" in fields and fields[b"upgrade"].lower() == b"websocket":
            raise Refusal("header_invalid", "WebSockets are not served here.")

    def _check_host(self, host: bytes) -> None:
        if not _HOST.fullmatch(host):
            raise Refusal("header_invalid", "The header Host is missing or not a host name.")
        name = host if host.endswith(b"]") else host.rpartition(b":")[0] or host
        if self._hosts and name.lower() not in self._hosts:
            raise Refusal("header_invalid", "This host is not served here.", status=421)
        if len(self._good) < _REMEMBERED_HOSTS:
            self._good.add(host)


def _refuse_repetitions(exchange: Exchange) -> None:
    seen: set[bytes] = set()
    for name, _ in exchange.headers:
        if name in seen and name in _ONCE:
            raise Refusal("header_invalid", f"The header {name.decode('latin-1')} may occur once only.")
        seen.add(name)
