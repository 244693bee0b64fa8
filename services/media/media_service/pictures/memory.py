"""What decoding a picture takes of memory, told from its header, and how pictures share what there is.

The estimates are measured on libvips 8.18 with one thread an operation and its temporary files on the disk: each
child is held to its own by the kernel (tests/test_memory.py sees that none dies of it). They are of memory that cannot
be given back to a file.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

MEGABYTE = 1 << 20
FIXED = 128 * MEGABYTE  # three renditions being drawn and encoded, also without loss
ROOM = 64 * MEGABYTE  # what a child may have beside: stacks of threads, and what the allocator keeps
ROWS = 1000  # libvips keeps about as many while it shrinks a picture, in either direction


def estimate(width: int, height: int, *, pixel: int, whole: int = 0) -> int:
    """Bytes to decode and shrink a picture of so many bytes a pixel; ``whole`` is what is there all at once."""
    return FIXED + ROWS * max(width, height) * pixel + whole


class Budget:
    """Bytes that decoders of one process share: whoever finds too few left waits for another to end."""

    def __init__(self, total: int) -> None:
        self._total = self._left = total
        self._changed = Condition()

    @contextmanager
    def claim(self, wanted: int) -> Iterator[None]:
        """Have so many bytes until the block ends, or all of them if more are wanted than there are."""
        claimed = min(wanted, self._total)
        with self._changed:
            self._changed.wait_for(lambda: self._left >= claimed)
            self._left -= claimed
        try:
            yield
        finally:
            with self._changed:
                self._left += claimed
                self._changed.notify_all()
