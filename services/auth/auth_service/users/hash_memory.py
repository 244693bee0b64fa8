"""The memory of password hashes, kept from one to the next.

glibc by itself has an arena for each thread, so that a hash of 19 MiB meets the memory of another thread than the last
one did; told to give memory back, it has the kernel find, clear and map 4,864 pages for each.
"""

import contextlib
import ctypes

HASH_KIB = 19_456
"""OWASP's for two passes and one lane (Password Storage Cheat Sheet)."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # malloc.h
_MOST = 32 << 20  # bytes of a block that is not mapped by itself: glibc takes no more


def keep(at_once: int) -> None:
    """Have the threads of this process share a heap that keeps what ``at_once`` hashes took; nothing but on glibc.

    Call it before there are threads. MALLOC_… of the environment count no more.
    """
    with contextlib.suppress(AttributeError):  # musl and macOS have no mallopt
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_ARENA_MAX, 1)
        mallopt(_MMAP_THRESHOLD, _MOST)
        mallopt(_TRIM_THRESHOLD, (at_once + 1) * HASH_KIB * 1024)
