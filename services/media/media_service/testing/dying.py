"""A fork server whose children do to themselves, harmlessly, what a broken decoder would: the picture's first word says
what. Every other picture is treated as always.
"""

import contextlib
import os
import platform
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from media_service.decoding import forkserver, jobs, sandbox
from media_service.decoding.channel import Message
from media_service.decoding.landlock import system_call


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


def _reach_out(asked: jobs.Asked) -> Message:
    parent, job = os.getppid(), asked.channel.socket.fileno()
    return _told(
        _refusals(
            lambda: socket.socket(socket.AF_INET),
            lambda: socket.socket(socket.AF_UNIX),
            lambda: subprocess.run(["/bin/true"], check=False),
            os.fork,
            lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
            lambda: os.kill(parent, 0),
            lambda: os.pidfd_open(parent),
            lambda: resource.prlimit(parent, resource.RLIMIT_NOFILE),
            lambda: os.sched_setaffinity(parent, os.sched_getaffinity(0)),
            lambda: os.setpriority(os.PRIO_PROCESS, parent, os.getpriority(os.PRIO_PROCESS, parent)),
            lambda: _call("rt_sigqueueinfo", parent, 0, None),
            lambda: _call("rt_tgsigqueueinfo", parent, parent, 0, None),
            lambda: _call("tgkill", parent, parent, 0),
            lambda: _call("process_vm_readv", parent, None, 0, None, 0, 0),
            lambda: _call("ptrace", 0x4206, parent, None, None),  # PTRACE_SEIZE
            *(lambda command=command: _call("fcntl", job, command, parent) for command in sandbox.OWNING["fcntl"]),
            *(lambda command=command: _call("ioctl", job, command, None) for command in sandbox.OWNING["ioctl"]),
            socket.socketpair,
            lambda: _call("shmget", 1, 0, 0),
            lambda: _call("msgget", 1, 0),
            lambda: _call("semget", 1, 0, 0),
            lambda: _call("mq_open", None, 0, 0, None),
        )
    )


def _call(name: str, *arguments: int | None) -> int:
    """A system call by its name; none that is made here does anything where it is allowed but to succeed."""
    machine = platform.machine()
    numbers = sandbox.CALLS[machine][1] | sandbox.OF_ITSELF[machine] | sandbox.WITH_COMMANDS[machine]
    return system_call(numbers[name], *arguments)


def _of_itself(_asked: jobs.Asked) -> Message:
    """What concerns nobody else goes on."""
    own = os.getpid()
    return _told(
        _refusals(
            lambda: resource.setrlimit(resource.RLIMIT_NOFILE, resource.getrlimit(resource.RLIMIT_NOFILE)),
            lambda: resource.prlimit(own, resource.RLIMIT_NOFILE),
            lambda: os.sched_setaffinity(0, os.sched_getaffinity(0)),
            lambda: threading.Thread(target=int).start(),
        )
    )


def _read_round(asked: jobs.Asked) -> Message:
    """The environment of who started it, secrets in a folder, whatever else lies there."""
    parent, var = os.getppid(), asked.scratch.directory.parent
    return _told(
        _refusals(
            Path(f"/proc/{parent}/environ").read_bytes,
            lambda: os.open(f"/proc/{parent}/mem", os.O_RDONLY),
            Path("/etc/passwd").read_bytes,
            Path(var, "of-somebody").read_bytes,
            lambda: os.listdir(var),  # noqa: PTH208  its refusal is asked for
            lambda: Path(var, "of-somebody").write_bytes(b""),
            lambda: Path(var, "another").write_bytes(b""),
        )
    )


def _alter(asked: jobs.Asked) -> Message:
    """What is said of a file that is somebody else's, or its own, and its length by its name."""
    path = Path(asked.scratch.directory.parent, "of-somebody")
    return _told(
        _refusals(
            lambda: path.chmod(0o600),
            lambda: os.fchmod(asked.into.fileno(), 0o600),
            lambda: os.chown(path, -1, -1),
            lambda: os.fchown(asked.into.fileno(), -1, -1),
            lambda: os.utime(path),
            lambda: os.setxattr(path, "user.of", b"a child"),
            lambda: os.setxattr(asked.into.fileno(), "user.of", b"a child"),
            lambda: os.removexattr(path, "user.of"),
            lambda: os.truncate(path, 0),
        )
    )


def _look_round(_asked: jobs.Asked) -> Message:
    opened = sorted(int(name) for name in os.listdir("/proc/self/fd"))[:-1]  # noqa: PTH208  the last is of the listing
    return _told([dict(os.environ), len(opened)])


def _go_wrong(_asked: jobs.Asked) -> Message:
    raise LookupError("a fault of ours")


HARMS = {
    "DIE": _die, "ABORT": _abort, "ONCE": _die_once, "EAT": _eat, "TURN": _turn_for_ever, "SLEEP": _sleep, "LIE": _lie,
    "FLOOD": _flood, "WRITE": _write, "REACH": _reach_out, "SELF": _of_itself, "READ": _read_round,
    "ALTER": _alter, "LOOK": _look_round, "WRONG": _go_wrong,
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
