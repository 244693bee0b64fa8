"""One spelling of the path for matching, policy, limits, log and forwarding; ambiguous spellings are refused."""

import re
from functools import lru_cache

from gateway_service.exchange import Exchange
from gateway_service.refusals import Refusal

# segments of unreserved characters and sub-delimiters (RFC 3986, 3.3) without ";", none of them "." or ".."
_PLAIN = re.compile(rb"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~!$&'()*+,=:@-]+)+/?|/")
_ENCODED = re.compile(rb"%([0-9A-Fa-f]{2})")
_AMBIGUOUS = frozenset(b"/\\.;%\x7f") | frozenset(range(0x20))
_REMEMBERED_PATHS = 500
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~")


def canonical(exchange: Exchange) -> None:
    """Set the path: percent encodings normalised (RFC 3986, 6.2.2), without the slash at its end."""
    exchange.path = canonical_path(exchange.raw_path)


@lru_cache(maxsize=_REMEMBERED_PATHS)
def canonical_path(raw: bytes) -> str:
    """The canonical form of a raw path; raises Refusal ``path_ambiguous``."""
    if b"%" in raw:
        return _decoded(raw)
    if not _PLAIN.fullmatch(raw):
        raise Refusal("path_ambiguous")
    return (raw[:-1] if raw[-1:] == b"/" and len(raw) > 1 else raw).decode("ascii")


def _decoded(raw: bytes) -> str:
    plain = _ENCODED.sub(b"-", raw)  # what is left beside the encodings must be plain by itself
    if not _PLAIN.fullmatch(plain):
        raise Refusal("path_ambiguous")
    encoded = bytes(int(digits, 16) for digits in _ENCODED.findall(raw))
    if _AMBIGUOUS & set(encoded) or not _is_utf8(raw):
        raise Refusal("path_ambiguous")
    path = _ENCODED.sub(_normalised, raw).decode("ascii")
    return path.rstrip("/")


def _normalised(match: re.Match[bytes]) -> bytes:
    byte = int(match[1], 16)
    return bytes([byte]) if byte in _UNRESERVED else match[0].upper()


def _is_utf8(raw: bytes) -> bool:
    try:
        _ENCODED.sub(lambda match: bytes([int(match[1], 16)]), raw).decode()
    except UnicodeDecodeError:
        return False
    return True
