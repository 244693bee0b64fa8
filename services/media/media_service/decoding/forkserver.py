"""The process that decoding children are forked from: libvips loaded once, no secrets, no file of anybody's.

Whoever decodes starts it, is told that it is ready, and sends it one end of a pair of sockets for each job. It forks a
child for that, kills it when the other end says no more, and tells how it ended: that comes last, so that whoever reads
to the end knows that the child is gone. It ends with who started it.

libvips may run nothing before a fork: its threads would be missing in the child, which would wait for them.
"""

import contextlib
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import NoReturn

from media_service.decoding import jobs, sandbox
from media_service.decoding.channel import GIVE_WAY, Channel, Message
from media_service.pictures.scratch import Scratch

CONTROL = 0  # the descriptor of the socket to who started us
NICENESS = 5  # a third of the share of what does not: a large picture still gets done in its time on a busy machine
GROUP_TRIES, GROUP_SECONDS = 10, 0.1
LEFT = getattr(select, "POLLRDHUP", 0)  # the other end will say no more; elsewhere than on Linux it must be closed


class ForkServer:
    """The server's children by process id, each with the socket of its job."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: dict[int, socket.socket] = {}
        self._woken, self._wakes = socket.socketpair()
        for end in (self._woken, self._wakes):
            end.setblocking(False)
        signal.set_wakeup_fd(self._wakes.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._poll.register(self._woken, select.POLLIN)

    def run(self) -> None:
        """Until who started us is gone."""
        Channel(self._control).send({"ready": True})
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor == self._control.fileno():
                    if not self._begin():
                        return
                elif descriptor == self._woken.fileno():
                    self._woken.recv(4096)
                else:
                    self._kill(descriptor)
            self._bury()

    def _begin(self) -> bool:
        asked, files, _, _ = socket.recv_fds(self._control, 1, 1)
        if not asked:
            return False
        if not files:  # there was no descriptor free; the other end sees that this one was closed
            return True
        job = socket.socket(fileno=files[0])
        try:
            child = os.fork()
        except OSError as error:
            _tell(job, {"not_begun": error.errno})
            job.close()
            return True
        if not child:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for other in (self._control, self._woken, self._wakes, *self._children.values()):
                other.close()
            _work(job)
        self._children[child] = job
        self._poll.register(job, LEFT)
        return True

    def _kill(self, descriptor: int) -> None:
        child = next(pid for pid, job in self._children.items() if job.fileno() == descriptor)
        os.kill(child, signal.SIGKILL)  # it was not waited for, so the number is its own
        self._poll.unregister(descriptor)

    def _bury(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while ended := os.waitpid(-1, os.WNOHANG):
                pid, status = ended
                if not pid:
                    return
                job = self._children.pop(pid)
                with contextlib.suppress(KeyError):
                    self._poll.unregister(job)
                _tell(job, {"ended": os.waitstatus_to_exitcode(status)})
                job.close()


def _tell(job: socket.socket, message: Message) -> None:
    """Say it if there is room for it: whoever does not read what children say may not hold the others up."""
    job.setblocking(False)
    with contextlib.suppress(OSError):
        Channel(job).send(message)


def _work(job: socket.socket) -> NoReturn:
    """The child: it never returns to the server's loop, whatever happens."""
    status = 1
    try:
        nothing = os.open(os.devnull, os.O_RDWR)  # this is 0, which was the server's
        for standard in (1, 2):
            os.dup2(nothing, standard)
        channel = Channel(job)
        asked, (picture, into) = channel.receive_with_files()
        folder = Path(asked["scratch"])
        sandbox.enter(sandbox.Bounds(**asked["bounds"]), folder)
        with Scratch(folder) as scratch, open(picture, "rb") as read, open(into, "r+b") as written:  # noqa: PTH123
            told = jobs.answer(asked["job"], jobs.Asked(channel, asked["arguments"], read, written, scratch))
            channel.send(told)
        status = 0
    finally:
        os._exit(status)


def give_way() -> None:
    """Let all else on this machine go first, children included.

    Where the kernel groups processes by session (``sched_autogroup_enabled``, sched(7)), and we have one of our own,
    niceness counts within the group alone: the group has to give way as well. The kernel takes one change of a group
    each 100 ms from the whole machine, and refuses the others for now.
    """
    os.nice(NICENESS)
    for _ in range(GROUP_TRIES):
        try:
            Path("/proc/self/autogroup").write_text(str(NICENESS))
        except BlockingIOError:
            time.sleep(GROUP_SECONDS)
        except OSError:
            return  # this kernel has no groups, or they are not ours to change
        else:
            return


def main() -> None:
    """Serve the socket that is our standard input."""
    if GIVE_WAY in sys.argv[1:]:
        give_way()
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)  # it ends with who started it, and so with what is in flight
    if sys.platform == "linux" and len(list(Path("/proc/self/task").iterdir())) > 1:
        raise RuntimeError("a library has started threads, which no forked child would have")
    ForkServer(socket.socket(fileno=CONTROL)).run()


if __name__ == "__main__":
    main()
