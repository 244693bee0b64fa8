"""The fork server of one process of media: started when the first child is wanted, and anew when it has ended."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Lock

from chassis.logging import get_logger
from chassis.problems import Problem

from media_service.decoding.channel import GIVE_WAY, Channel

START_SECONDS = 60  # Python and libvips on a machine that has much else to do
END_SECONDS = 10  # until a child that was killed is gone
ENVIRONMENT = ("LANG", "LC_ALL", "VIPS_CONCURRENCY", "VIPS_DISC_THRESHOLD")
ONE_ARENA = {"MALLOC_ARENA_MAX": "1"}
"""glibc else keeps an arena for each thread of libvips that happened to meet another: the memory that the same picture
takes would depend on what else the machine does."""

log = get_logger()


class DecoderAway(Problem):
    """No child could be started, or its server ended: nothing was learnt about the picture, which may be sent again."""

    def __init__(self) -> None:
        detail = "Pictures cannot be decoded at the moment; try again."
        super().__init__(503, "overloaded", detail, headers={"Retry-After": "5"})


class Children:
    """Gives connections to new children. All methods may be called from several threads at once.

    With ``give_way`` all else on the machine goes before them. ``working_folder`` is where libvips has what is too
    large for memory, too: nowhere else may they write.
    """

    def __init__(self, server: str, working_folder: Path, *, give_way: bool = False) -> None:
        self._program = [sys.executable, "-m", server, *([GIVE_WAY] if give_way else [])]
        self._own = ONE_ARENA | {"TMPDIR": str(working_folder)}
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._lock = Lock()

    def begin(self) -> socket.socket:
        """Our end of the connection to a new child; raises DecoderAway."""
        ours, theirs = socket.socketpair()
        with ExitStack() as failing, theirs, self._lock:
            failing.callback(ours.close)
            try:
                socket.send_fds(self._started(), [b"."], [theirs.fileno()])
            except OSError:  # it ended; the next one is new
                self._end()
                socket.send_fds(self._started(), [b"."], [theirs.fileno()])
            failing.pop_all()
        return ours

    def await_end(self, connection: socket.socket) -> None:
        """Return when the child is gone, killed if need be: it may not meet the next one's memory and files."""
        with suppress(OSError):
            connection.shutdown(socket.SHUT_WR)  # what its server kills it for
        try:
            Channel(connection, END_SECONDS).await_end()
        except OSError:
            log.error("the server of decoding children hangs, and is ended")  # noqa: TRY400  no fault of this code
            self.close()

    def warm(self) -> None:
        """Start the server, so that the first picture need not wait for it; raises DecoderAway."""
        with self._lock:
            self._started()

    def close(self) -> None:
        """End the server and all children."""
        with self._lock:
            self._end()

    def _started(self) -> socket.socket:
        if self._control and self._server and self._server.poll() is None:
            return self._control
        self._end()
        ours, theirs = socket.socketpair()
        environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ} | self._own
        try:
            with theirs:
                self._server = subprocess.Popen(  # noqa: S603  our own program
                    self._program, stdin=theirs.fileno(), env=environment, cwd="/", start_new_session=True
                )
            Channel(ours, START_SECONDS).receive()  # it is ready
        except (EOFError, OSError, ValueError) as error:
            ours.close()
            self._end()
            log.error("the server of decoding children does not start", reason=str(error) or type(error).__name__)  # noqa: TRY400  no fault of this code
            raise DecoderAway from error
        ours.settimeout(None)
        self._control = ours
        return ours

    def _end(self) -> None:
        if self._control:
            self._control.close()
        if self._server and self._server.poll() is None:
            os.killpg(self._server.pid, signal.SIGKILL)  # it was not waited for, so the number is its own
            self._server.wait()
        self._control = self._server = None
