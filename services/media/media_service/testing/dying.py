"""A fork server whose children do to themselves, harmlessly, what a broken decoder would: the picture's first word says
what. Every other picture is treated as always.
"""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from media_service.decoding import forkserver, jobs
from media_service.decoding.channel import Message


def _told(what: object) -> Message:
    return {"undecodable": str(what)}


def _refusals(*attempts: Callable[[], object]) -> list[str]:
    """What the kernel says to each."""
    said = []
    for attempt in attempts:
        try:
            attempt()
            said.append("done")
        except OSError as error:
            said.append(type(error).__name__)
    return said


def _die(_asked: jobs.Asked) -> Message:
    signal.raise_signal(signal.SIGKILL)
    return _told("alive")


def _abort(_asked: jobs.Asked) -> Message:
    os.abort()


def _die_once(asked: jobs.Asked) -> Message:
    seen = Path(asked.scratch.directory, "seen")
    if seen.exists():
        seen.unlink()
        return _told("the second time")
    seen.touch()
    os.abort()


def _eat(_asked: jobs.Asked) -> Message:
    eaten = bytearray(2 << 30)
    return _told(len(eaten))


def _turn_for_ever(_asked: jobs.Asked) -> Message:
    while True:
        pass


def _sleep(asked: jobs.Asked) -> Message:
    Path(asked.scratch.directory, "asleep").write_text(str(os.getpid()))
    time.sleep(600)
    return _told("awake")


def _lie(_asked: jobs.Asked) -> Message:
    return {"mime": "text/html", "width": 1, "height": 1, "left_out": ""}


def _flood(asked: jobs.Asked) -> Message:
    Path(asked.scratch.directory, "flooded").write_text(str(os.getpid()))
    asked.channel.socket.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            asked.channel.socket.send(b"x" * 4096)
    with contextlib.suppress(BlockingIOError):
        while True:
            asked.channel.socket.send(b"x")
    os.abort()


def _write(asked: jobs.Asked) -> Message:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    return _told(_refusals(lambda: os.pwrite(asked.into.fileno(), b"x", most + 1)))


def _reach_out(_asked: jobs.Asked) -> Message:
    parent = os.getppid()
    return _told(
        _refusals(
            lambda: socket.socket(socket.AF_INET),
            lambda: socket.socket(socket.AF_UNIX),
            lambda: subprocess.run(["/bin/true"], check=False),
            os.fork,
            lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
            lambda: os.kill(parent, 0),
            lambda: os.pidfd_open(parent),
        )
    )


def _look_round(_asked: jobs.Asked) -> Message:
    opened = sorted(int(name) for name in os.listdir("/proc/self/fd"))[:-1]  # noqa: PTH208  the last is of the listing
    return _told([dict(os.environ), len(opened)])


def _go_wrong(_asked: jobs.Asked) -> Message:
    raise LookupError("a fault of ours")


HARMS = {
    "DIE": _die, "ABORT": _abort, "ONCE": _die_once, "EAT": _eat, "TURN": _turn_for_ever, "SLEEP": _sleep, "LIE": _lie,
    "FLOOD": _flood, "WRITE": _write, "REACH": _reach_out, "LOOK": _look_round, "WRONG": _go_wrong,
}  # fmt: skip
ORDINARY = dict(jobs.JOBS)


def _as_the_picture_says(name: str) -> Callable[[jobs.Asked], Message]:
    def run(asked: jobs.Asked) -> Message:
        word = os.pread(asked.picture.fileno(), 16, 0).partition(b" ")[0].decode("latin-1")
        return HARMS.get(word, ORDINARY[name])(asked)

    return run


if __name__ == "__main__":
    jobs.JOBS.update({name: _as_the_picture_says(name) for name in ORDINARY})
    sys.argv[1:] = []
    forkserver.main()
