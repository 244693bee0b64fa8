"""Bits of the headers of coded pictures."""

from media_service.pictures.layout import damaged


class Bits:
    """The bits of a header, first to last; refuses what ends within a number."""

    def __init__(self, content: bytes) -> None:
        self._number, self._left = int.from_bytes(content, "big"), 8 * len(content)

    def take(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise damaged("the header of its pixels ends too early")
        return self._number >> self._left & (1 << count) - 1

    def variable(self) -> int:
        """A number whose leading zeros tell its length (AV1's uvlc, HEVC's ue)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return self.take(zeros) + (1 << zeros) - 1 if zeros < 32 else (1 << 32) - 1
