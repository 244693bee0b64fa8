"""The codings there are, and which of them a client wants most (RFC 9110, 12.5.3; RFC 7932, 8878 and 1952)."""

import re
import zlib
from collections.abc import Callable
from typing import Protocol

import brotli  # type: ignore[import-untyped]
from backports import zstd

from gateway_service.remembered import remembered

_QUALITY = re.compile(r"q=([01](?:\.[0-9]{0,3})?)")
_GZIP = 16 + zlib.MAX_WBITS
"""The window for zlib that makes it write gzip's frame."""


class Encoder(Protocol):
    """Encodes one body, part by part."""

    def add(self, data: bytes) -> bytes: ...

    def end(self) -> bytes: ...


class _Zstd:
    def __init__(self) -> None:
        self.add = zstd.ZstdCompressor(level=3).compress

    def end(self) -> bytes:
        return self.add(b"", zstd.ZstdCompressor.FLUSH_FRAME)


class _Brotli:
    def __init__(self) -> None:
        compressor = brotli.Compressor(quality=4)
        self.add: Callable[[bytes], bytes] = compressor.process
        self.end: Callable[[], bytes] = compressor.finish


class _Gzip:
    def __init__(self) -> None:
        compressor = zlib.compressobj(5, wbits=_GZIP)
        self.add = compressor.compress
        self.end = compressor.flush


ENCODERS: dict[str, Callable[[], Encoder]] = {"zstd": _Zstd, "br": _Brotli, "gzip": _Gzip}
"""The one that costs least comes first: it is taken where a client wants several as much."""


@remembered(1000)
def chosen(accept_encoding: bytes) -> str | None:
    """The coding that the client wants most, None where it wants none of ours more than none at all."""
    wanted = _qualities(accept_encoding.decode("latin-1").lower())
    others = wanted.get("*", 0.0)
    qualities = {
        coding: wanted.get(coding, wanted.get("x-gzip", others) if coding == "gzip" else others) for coding in ENCODERS
    }
    best = max(qualities, key=lambda coding: qualities[coding])
    return best if qualities[best] > 0 and qualities[best] >= wanted.get("identity", 0.0) else None


def _qualities(listed: str) -> dict[str, float]:
    """By coding; one that is given without a quality is wanted by 1, by one that cannot be read not at all."""
    found: dict[str, float] = {}
    for item in listed.split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        if name and not parameters:
            found[name] = 1.0
        elif name:
            quality = _QUALITY.fullmatch(parameters[0])
            found[name] = min(1.0, float(quality[1])) if quality and len(parameters) == 1 else 0.0
    return found


def encoded(coding: str, body: bytes) -> bytes:
    """A whole body in a coding."""
    encoder = ENCODERS[coding]()
    return encoder.add(body) + encoder.end()
