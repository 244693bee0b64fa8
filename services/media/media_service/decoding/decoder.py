"""Decoding pictures in children that may die: this process asks, and hears what came of it.

A child has one picture, and ends with it. What it says is checked like anything else from outside.
"""

import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import asdict, replace
from pathlib import Path
from threading import Lock
from typing import IO, Self, TypeVar

from chassis.logging import get_logger
from chassis.metrics import counter
from chassis.settings import SettingsError

from media_service.decoding import answers, landlock, sandbox
from media_service.decoding.answers import ChildDied, Undecodable
from media_service.decoding.channel import Channel, Message
from media_service.decoding.children import END_SECONDS, Children, DecoderAway
from media_service.decoding.sandbox import Bounds
from media_service.pictures.cutting import CUT, Cut
from media_service.pictures.layout import Limits
from media_service.pictures.memory import MEGABYTE, ROOM, Budget
from media_service.pictures.outcomes import CleanPicture, Placeholder, Rendered
from media_service.pictures.refusals import Cause, image_refused
from media_service.settings import MediaSettings

TRIES = 2
BYTES_A_PIXEL = 8  # of the largest picture that libvips may put into a file of its own

T = TypeVar("T")
log = get_logger()


class Task:
    """A job that is going on, so that who asked for it can call it off."""

    def __init__(self) -> None:
        self.is_cancelled = False
        self._socket: socket.socket | None = None
        self._lock = Lock()

    def use(self, connection: socket.socket | None) -> None:
        with self._lock:
            self._socket = connection
            if self.is_cancelled and connection:
                connection.shutdown(socket.SHUT_WR)

    def cancel(self) -> None:
        """The child is killed, and who waits for it told that it died."""
        with self._lock:
            self.is_cancelled = True
            if self._socket:
                self._socket.shutdown(socket.SHUT_WR)


class Decoder:
    """Children for one process of media. All its methods may be called from several threads at once.

    ``memory`` is what all children may take together. With ``give_way`` requests go before them.
    """

    def __init__(  # noqa: PLR0913  named
        self,
        scratch_dir: Path,
        limits: Limits,
        *,
        max_bytes: int,
        seconds: int,
        memory: Budget,
        give_way: bool = False,
        server: str = "media_service.decoding.forkserver",
    ) -> None:
        self._scratch_dir = scratch_dir.absolute()  # the server is elsewhere
        self._children = Children(server, self._scratch_dir, give_way=give_way)
        self._limits = limits
        self._seconds = seconds
        self._memory = memory
        mapped = BYTES_A_PIXEL * limits.pixels + 4 * max_bytes
        self._bounds = Bounds(limits.memory + ROOM, mapped, max(mapped, MEGABYTE), seconds)

    @classmethod
    def of(cls, settings: MediaSettings, *, give_way: bool = False) -> Self:
        """The one that the settings allow; raises SettingsError where they ask for more than the kernel can give."""
        if not sandbox.can_filter_calls():
            if settings.production and not settings.decode_unconfined:
                reason = "This kernel cannot keep decoders from the network and from programs (seccomp)"
                raise SettingsError(f"{reason}: MEDIA_DECODE_UNCONFINED=true decodes all the same.")
            log.warning("decoding children are not confined: they have limits, and no filter of system calls")
        if not landlock.version():
            log.warning("decoding children can read what their user can: this kernel has no Landlock")
        return cls(
            settings.scratch_dir,
            settings.limits,
            max_bytes=settings.max_upload_bytes,
            seconds=settings.decode_seconds,
            memory=Budget(settings.decode_memory),
            give_way=give_way,
        )

    def clean(self, sent: IO[bytes], into: IO[bytes], task: Task | None = None) -> CleanPicture:
        """The picture to keep, in ``into``, of a file that was sent, see ``pictures.cleaning``.

        Raises the Problem that refuses it, also where two children died of it, DecoderAway, and OSError where there is
        no room.
        """
        limits = self._limits
        arguments = {"pixels": limits.pixels, "frames": limits.frames, "animation_pixels": limits.animation_pixels,
                     "memory": limits.memory}  # fmt: skip
        try:
            told = self._run("clean", arguments, sent, into, task or Task(), answers.cleaned)
        except Undecodable as error:
            raise image_refused("its pixels cannot be decoded", cause=Cause.UNDECODABLE) from error
        return CleanPicture(into, told.mime, told.width, told.height, told.left_out, told.animated)

    def render(
        self, picture: IO[bytes], mime: str, into: IO[bytes], sides: Mapping[str, int], form: str = "image/webp"
    ) -> list[Rendered]:
        """A stored picture in sizes that have names, see ``pictures.rendering``; raises Undecodable, DecoderAway."""
        arguments = {"mime": mime, "sides": dict(sides), "form": form}

        def read(told: Message) -> tuple[list[answers.Drawn], Placeholder, bool]:
            drawn = answers.drawn(told, sides, written=os.fstat(into.fileno()).st_size)
            return drawn, answers.placeholder(told), answers.is_animated(told)

        drawn, placeholder, animated = self._run("render", arguments, picture, into, Task(), read)
        into.seek(0)
        made = [Rendered(one.name, into.read(one.length), one.mime, one.width, one.height) for one in drawn]
        return [*made[:-1], replace(made[-1], placeholder=placeholder, animated=animated)]

    def cut(  # noqa: PLR0913  all an address asks for
        self, picture: IO[bytes], mime: str, into: IO[bytes], cut: Cut, form: str, *, quality: int | None
    ) -> Rendered:
        """Part of a stored picture, see ``pictures.cutting``; raises as render() does, also for too large ones."""
        part = cut.part
        arguments = {"mime": mime, "side": cut.side, "part": [part.left, part.top, part.width, part.height],
                     "form": form, "quality": quality, "memory": self._limits.memory}  # fmt: skip

        def read(told: Message) -> answers.Drawn:
            longest = {CUT: max(part.width, part.height)}
            return answers.drawn(told, longest, written=os.fstat(into.fileno()).st_size)[0]

        drawn = self._run("cut", arguments, picture, into, Task(), read)
        into.seek(0)
        return Rendered(CUT, into.read(), drawn.mime, drawn.width, drawn.height)

    @property
    def longest(self) -> float:
        """Seconds that one picture may take at most, from when there is memory for it."""
        return TRIES * (2 * self._seconds + END_SECONDS)

    def warm(self) -> None:
        """Start what children are forked from, so that the first picture need not wait for it."""
        with suppress(DecoderAway):  # which the log tells; the next picture tries again
            self._children.warm()

    def close(self) -> None:
        """End all children."""
        self._children.close()

    def _run(  # noqa: PLR0913, PLR0917  all a job has
        self,
        job: str,
        arguments: Message,
        picture: IO[bytes],
        into: IO[bytes],
        task: Task,
        read: Callable[[Message], T],
    ) -> T:
        picture.flush()
        asked = {"job": job, "arguments": arguments, "bounds": asdict(self._bounds), "scratch": str(self._scratch_dir)}
        for left in reversed(range(TRIES)):
            outcome = "answered"
            try:
                return read(self._once(asked, picture, into, task))
            except (ChildDied, DecoderAway) as error:
                why, is_away = error, isinstance(error, DecoderAway)
                outcome = "cancelled" if task.is_cancelled else "away" if is_away else "died"
                log.warning("decoding child died", job=job, outcome=outcome, reason=str(error), tries_left=left)
            finally:
                _count(job, outcome)
            if task.is_cancelled:
                break
        raise why if is_away else Undecodable("the decoder died of it") from why

    def _once(self, asked: Message, picture: IO[bytes], into: IO[bytes], task: Task) -> Message:
        into.seek(0)
        into.truncate()
        with ExitStack() as memory, self._children.begin() as connection, ExitStack() as done:
            done.callback(self._children.await_end, connection)
            done.callback(task.use, None)
            task.use(connection)
            channel = Channel(connection, 2 * self._seconds)
            try:
                channel.send(asked, [picture.fileno(), into.fileno()])
                told = channel.receive()
                if "claim" in told:
                    began = time.monotonic()
                    memory.enter_context(self._memory.claim(answers.claimed(told)))
                    channel.extend(time.monotonic() - began)  # others had it, which is not the picture's fault
                    channel.send({"granted": True})
                    told = channel.receive()
            except (EOFError, ConnectionResetError) as error:
                raise DecoderAway from error  # who forked the child would have told of its end
            except (OSError, ValueError) as error:
                raise ChildDied(str(error) or type(error).__name__) from error
        if "not_begun" in told:
            raise DecoderAway
        if "ended" in told:
            raise ChildDied(f"exit status {told['ended']}")
        return told


def _count(job: str, outcome: str) -> None:
    counter("media_decoding_children_total").labels(job, outcome).inc()
