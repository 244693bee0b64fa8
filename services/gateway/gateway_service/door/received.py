"""Bytes that have come and are not read yet."""

EMPTY_LINE = b"\r\n\r\n"


class Received:
    """Gives them in pieces that never reach into the next request; ``size`` of them are left.

    The parser takes whatever it is given, and does not say where a request ended. But heads and chunked bodies end at
    an empty line, and nowhere else: pieces up to each are safe.
    """

    __slots__ = ("_at", "_data", "_seam", "size")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget what has come."""
        self._data, self._at, self.size = b"", 0, 0
        self._seam = b""  # the end of the last piece, where an empty line may have begun

    def add(self, data: bytes) -> None:
        """Keep what has come."""
        self._data = self._data[self._at :] + data if self.size else data
        self._at = 0
        self.size += len(data)

    def through_empty_line(self) -> bytes:
        """What there is, up to the end of the first empty line."""
        seam = self._seam
        if seam:
            across = (seam + self._data[self._at : self._at + 3]).find(EMPTY_LINE)
            if across >= 0:
                return self.take(across + len(EMPTY_LINE) - len(seam))
        end = self._data.find(EMPTY_LINE, self._at)
        if end >= 0:
            return self.take(end + len(EMPTY_LINE) - self._at)
        piece = self.take(self.size)
        self._seam = (seam + piece)[-3:]
        return piece

    def take(self, count: int) -> bytes:
        """At most ``count`` bytes."""
        self._seam = b""
        if self._at == 0 and count >= self.size:
            piece, self._data, self.size = self._data, b"", 0
            return piece
        piece = self._data[self._at : self._at + count]
        self._at += len(piece)
        self.size -= len(piece)
        if not self.size:
            self._data, self._at = b"", 0  # it may hold a password, and nothing may come for long
        return piece
