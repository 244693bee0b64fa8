"""A file, or parts of it, as the body of an answer; several parts are told apart as in a form (RFC 9110, 14.6)."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from secrets import token_hex

from media_service.storage.store import Store


@dataclass(frozen=True, slots=True)
class Body:
    """What an answer has beside its status: its type, length in bytes, headers, and bytes when they are asked for."""

    mime: str
    length: int
    headers: dict[str, str]
    pieces: Sequence[bytes | range]

    def cached(self, store: Store, key: str) -> bytes | None:
        """All of it, if it is one piece that the store has at hand."""
        first, *others = self.pieces
        return store.cached(key, first) if isinstance(first, range) and not others else None

    async def read(self, store: Store, key: str) -> AsyncIterator[bytes]:
        """Raises FileNotFoundError before the first byte."""
        first = next(piece for piece in self.pieces if isinstance(piece, range))
        opened = await store.read(key, first.start, first.stop)
        return self._read(store, key, first, opened)

    async def _read(self, store: Store, key: str, first: range, opened: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            if isinstance(piece, bytes):
                yield piece
                continue
            content = opened if piece is first else await store.read(key, piece.start, piece.stop)
            async for chunk in content:
                yield bytes(chunk)


def body_of(mime: str, size: int, parts: Sequence[range]) -> Body:
    """The body for these parts of a file, or for the whole where none is asked for."""
    if not parts:
        return Body(mime, size, {}, [range(size)])
    if len(parts) == 1:
        return Body(mime, len(parts[0]), {"Content-Range": _told(parts[0], size)}, parts)
    boundary = token_hex(12)
    pieces: list[bytes | range] = []
    for part in parts:
        head = f"\r\n--{boundary}\r\nContent-Type: {mime}\r\nContent-Range: {_told(part, size)}\r\n\r\n"
        pieces += [head.encode(), part]
    pieces.append(f"\r\n--{boundary}--\r\n".encode())
    return Body(f"multipart/byteranges; boundary={boundary}", sum(map(len, pieces)), {}, pieces)


def _told(part: range, size: int) -> str:
    return f"bytes {part.start}-{part.stop - 1}/{size}"
