"""First link: sizes, Host and framing, before anything is made of the request (RFC 9110, RFC 9112).

What is no HTTP, or could be read in two ways, the door has found already (``door/head.py``). It is refused here, with
all the rest.
"""

import re
from collections.abc import Iterable

from gateway_service.door.limits import HEADER_BYTES, HEADER_FIELDS, REQUEST_LINE_BYTES
from gateway_service.exchange import Exchange
from gateway_service.refusals import Refusal

_HOST = re.compile(rb"(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_ONCE = frozenset({b"host", b"authorization", b"origin", b"content-type", b"content-length", b"transfer-encoding"})
_OVERHEAD = len(" HTTP/1.1 ")
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
        self._sizes(exchange)
        self._repetitions(exchange)
        host = exchange.fields.get(b"host", b"")
        if host not in self._good:
            self._check_host(host)
        if b"upgrade" in exchange.fields and exchange.fields[b"upgrade"].lower() == b"websocket":
            raise Refusal("header_invalid", "WebSockets are not served here.")

    def _sizes(self, exchange: Exchange) -> None:
        line = len(exchange.method) + len(exchange.raw_path) + len(exchange.turn.head.query) + _OVERHEAD
        if line > REQUEST_LINE_BYTES:
            raise Refusal("uri_too_long")
        size = sum(len(name) + len(value) + 4 for name, value in exchange.headers)
        if size > HEADER_BYTES or len(exchange.headers) > HEADER_FIELDS:
            raise Refusal("header_invalid", "The headers are longer than 16 KB or more than 100.", status=431)

    def _repetitions(self, exchange: Exchange) -> None:
        if len(exchange.fields) == len(exchange.headers):
            return
        seen: set[bytes] = set()
        for name, _ in exchange.headers:
            if name in seen and name in _ONCE:
                raise Refusal("header_invalid", f"The header {name.decode('latin-1')} may occur once only.")
            seen.add(name)

    def _check_host(self, host: bytes) -> None:
        if not _HOST.fullmatch(host):
            raise Refusal("header_invalid", "The header Host is missing or not a host name.")
        name = host if host.endswith(b"]") else host.rpartition(b":")[0] or host
        if self._hosts and name.lower() not in self._hosts:
            raise Refusal("header_invalid", "This host is not served here.", status=421)
        if len(self._good) < _REMEMBERED_HOSTS:
            self._good.add(host)
