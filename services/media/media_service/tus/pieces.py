"""The bytes of one request, on their way to the store piece by piece, so that little is lost where it breaks off."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from enum import Enum, auto
from typing import IO, Any

from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from media_service.pictures.scratch import OwnersRoom, Scratch
from media_service.tus.headers import ALGORITHMS
from media_service.tus.services import beyond_length

PIECE_BYTES = 4 * 1024 * 1024
"""What a process that is killed may lose of an upload."""
WRITE_AT = 1 << 20


class Ending(Enum):
    """How a piece ended: it is full, the body is over, or the connection is broken."""

    FULL = auto()
    OVER = auto()
    BROKEN = auto()


class Piece(ExitStack):
    """A working file that takes bytes as they come; what it takes of the disk is free again at the end of its block."""

    def __init__(self, scratch: Scratch, room: OwnersRoom, algorithm: str | None = None) -> None:
        super().__init__()
        self._scratch = self.enter_context(scratch)
        self._room = room
        self._waiting = bytearray()
        self.file: IO[bytes] = scratch.file()
        self.digest: Any = ALGORITHMS[algorithm]() if algorithm else None
        self.bytes = 0

    async def fill(self, body: AsyncIterator[bytes], *, left: int, most: int | None) -> Ending:
        """Take ``most`` bytes of a body or a little more, else all; Problem 413 where they are more than ``left``.

        Also raises Problem 503 where there is no room for them, and OSError as the disk does.
        """
        ending = Ending.OVER
        try:
            async for data in body:
                await self._take(data, left)
                if most is not None and most <= self.bytes < left:
                    ending = Ending.FULL
                    break
        except ClientDisconnect:
            ending = Ending.BROKEN
        await self._write()
        return ending

    async def _take(self, data: bytes, left: int) -> None:
        self.bytes += len(data)
        if self.bytes > left:
            raise beyond_length()
        self._waiting += data
        if len(self._waiting) >= WRITE_AT:
            await self._write()

    async def _write(self) -> None:
        self._room.take(len(self._waiting), self._scratch)
        await run_in_threadpool(self._to_disk)

    def _to_disk(self) -> None:
        self.file.write(self._waiting)
        if self.digest:
            self.digest.update(self._waiting)
        self._waiting.clear()
        self.file.flush()
