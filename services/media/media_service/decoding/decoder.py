"""Decoding pictures in children that may die: this process asks, and hears what came of it.

A child has one picture, and ends with it. What it says is checked like anything else from outside.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import IO, Self

from chassis.logging import get_logger
from chassis.metrics import counter
from chassis.problems import Problem

from media_service.decoding.channel import Channel, Message
from media_service.decoding.sandbox import Bounds
from media_service.pictures.layout import Limits
from media_service.pictures.memory import MEGABYTE, ROOM, Budget
from media_service.pictures.outcomes import CleanPicture, Rendered
from media_service.pictures.refusals import Cause, image_refused
from media_service.settings import MediaSettings

TRIES = 2
BYTES_A_PIXEL = 8  # of the largest picture that libvips may put into a file of its own
ENVIRONMENT = ("LANG", "LC_ALL", "TMPDIR", "VIPS_CONCURRENCY", "VIPS_DISC_THRESHOLD")

log = get_logger()


class Undecodable(Exception):  # noqa: N818  said of the picture
    """The picture cannot be decoded, or whoever tried died of it."""


class ChildDied(Exception):  # noqa: N818  said of the child
    """The child ended without an answer, or was too slow; the message says how."""


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
                connection.shutdown(socket.SHUT_RDWR)

    def cancel(self) -> None:
        """The child is killed, and who waits for it told that it died."""
        with self._lock:
            self.is_cancelled = True
            if self._socket:
                self._socket.shutdown(socket.SHUT_RDWR)


class Decoder:
    """Children for one process of media. All its methods may be called from several threads at once.

    ``memory`` is what all children may take together.
    """

    def __init__(  # noqa: PLR0913  named
        self,
        scratch_dir: Path,
        limits: Limits,
        *,
        max_bytes: int,
        seconds: int,
        memory: Budget,
        server: str = "media_service.decoding.forkserver",
    ) -> None:
        self._program = [sys.executable, "-m", server]
        self._scratch_dir = scratch_dir.absolute()  # the server is elsewhere
        self._limits = limits
        self._seconds = seconds
        self._memory = memory
        mapped = BYTES_A_PIXEL * limits.pixels + 4 * max_bytes
        self._bounds = Bounds(limits.memory + ROOM, mapped, max(mapped, MEGABYTE), seconds)
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._lock = Lock()

    @classmethod
    def of(cls, settings: MediaSettings) -> Self:
        """The one that the settings allow."""
        return cls(
            settings.scratch_dir,
            settings.limits,
            max_bytes=settings.max_upload_bytes,
            seconds=settings.decode_seconds,
            memory=Budget(settings.decode_memory),
        )

    def clean(self, sent: IO[bytes], into: IO[bytes], task: Task | None = None) -> CleanPicture:
        """The picture to keep, in ``into``, of a file that was sent, see ``pictures.cleaning``.

        Raises the Problem that refuses it, also where two children died of it, and OSError where there is no room.
        """
        limits = self._limits
        arguments = {"pixels": limits.pixels, "frames": limits.frames, "animation_pixels": limits.animation_pixels,
                     "memory": limits.memory}  # fmt: skip
        try:
            told = self._run("clean", arguments, sent, into, task or Task())
        except Undecodable as error:
            raise image_refused("its pixels cannot be decoded", cause=Cause.UNDECODABLE) from error
        return CleanPicture(into, told["mime"], int(told["width"]), int(told["height"]), told["left_out"])

    def render(self, picture: IO[bytes], mime: str, into: IO[bytes], sides: Mapping[str, int]) -> list[Rendered]:
        """A stored picture in sizes that have names, see ``pictures.rendering``; raises Undecodable."""
        told = self._run("render", {"mime": mime, "sides": dict(sides)}, picture, into, Task())
        into.seek(0)
        return [
            Rendered(str(name), into.read(int(length)), str(kind), int(width), int(height))
            for name, length, kind, width, height in told["drawn"]
        ]

    def warm(self) -> None:
        """Start what children are forked from, so that the first picture need not wait for it."""
        with self._lock:
            self._started()

    def close(self) -> None:
        """End all children."""
        with self._lock:
            self._end_server()

    def _run(self, job: str, arguments: Message, picture: IO[bytes], into: IO[bytes], task: Task) -> Message:
        picture.flush()
        for left in reversed(range(TRIES)):
            try:
                return self._once(job, arguments, picture, into, task)
            except ChildDied as died:
                _count(job, "cancelled" if task.is_cancelled else "died")
                if task.is_cancelled:
                    break
                log.warning("decoding child died", job=job, reason=str(died), tries_left=left)
        raise Undecodable("the decoder died of it")

    def _once(self, job: str, arguments: Message, picture: IO[bytes], into: IO[bytes], task: Task) -> Message:
        into.seek(0)
        into.truncate()
        with ExitStack() as done:
            connection = done.enter_context(self._child())
            task.use(connection)
            done.callback(task.use, None)
            connection.settimeout(2 * self._seconds)
            channel = Channel(connection)
            asked = {
                "job": job,
                "arguments": arguments,
                "bounds": asdict(self._bounds),
                "scratch": str(self._scratch_dir),
            }
            try:
                channel.send(asked, [picture.fileno(), into.fileno()])
                told = channel.receive()
                if "claim" in told:
                    done.enter_context(self._memory.claim(int(told["claim"])))
                    channel.send({"granted": True})
                    told = channel.receive()
            except (EOFError, OSError, ValueError) as error:
                raise ChildDied(str(error) or type(error).__name__) from error
        if "ended" in told:
            raise ChildDied(f"exit status {told['ended']}")
        _count(job, "answered")
        return _checked(told)

    def _child(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                socket.send_fds(self._started(), [b"."], [theirs.fileno()])
            except OSError:  # it ended; the next one is new
                self._end_server()
                socket.send_fds(self._started(), [b"."], [theirs.fileno()])
        return ours

    def _started(self) -> socket.socket:
        if self._control and self._server and self._server.poll() is None:
            return self._control
        self._end_server()
        ours, theirs = socket.socketpair()
        environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        with theirs:
            self._server = subprocess.Popen(  # noqa: S603  our own program
                self._program, stdin=theirs.fileno(), env=environment, cwd="/", start_new_session=True
            )
        self._control = ours
        return ours

    def _end_server(self) -> None:
        if self._control:
            self._control.close()
        if self._server:
            self._server.wait()
        self._control = self._server = None


def _count(job: str, outcome: str) -> None:
    counter("media_decoding_children_total").labels(job, outcome).inc()


def _checked(told: Message) -> Message:
    """What a child answered, or the error that it tells of."""
    match told:
        case {"refused": [int(status), str(code), str(detail), dict(members)]} if status in {413, 415, 422}:
            raise Problem(status, code, detail, members=members)
        case {"undecodable": str(reason)}:
            raise Undecodable(reason)
        case {"os_error": int(number)}:
            raise OSError(number, os.strerror(number))
        case {"fault": str(where)}:
            raise RuntimeError(f"A fault in a decoding child: {where}")
        case {"mime": "image/jpeg" | "image/png" | "image/webp" | "image/gif" | "image/avif"} | {"drawn": list()}:
            return told
    raise ChildDied("an answer that is none")
