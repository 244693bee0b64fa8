"""What a decoding child gives up before it reads a picture: memory, time, files, the network, other programs.

Linux takes it from any process without privileges (setrlimit(2), landlock(7), seccomp(2)). Elsewhere only
the limits hold.
"""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

from media_service.decoding import landlock

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_DUMPABLE = 1, 38, 4
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
ALLOW, REFUSE, KILL, NO_SUCH_CALL = 0x7FFF0000, 0x00050001, 0x80000000, 0x00050026  # the last three: EPERM, end, ENOSYS
CLONE_THREAD = 0x10000
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
X32 = 0x40000000  # calls of another kind on the same machine
NUMBER, ARCHITECTURE, FIRST_ARGUMENT, SECOND_ARGUMENT = 0, 4, 16, 24  # offsets in seccomp_data


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one child may take: bytes of memory beside what it begins with, of files it may look into as if they were
    memory, and of one file; seconds of processor time."""

    memory: int
    mapped_files: int
    file_bytes: int
    cpu_seconds: int


DESCRIPTORS = 64

# Calls by machine: no sockets or queues, no programs, no other process, nothing said of a file (its mode, owner, times
# and attributes, and its length by its name, which Landlock does not know of), no way round this list.
CALLS: dict[str, tuple[int, dict[str, int]]] = {
    "x86_64": (
        0xC000003E,
        {
            "socket": 41, "connect": 42, "accept": 43, "bind": 49, "listen": 50, "accept4": 288,
            "execve": 59, "execveat": 322, "fork": 57, "vfork": 58, "kill": 62, "tkill": 200, "ptrace": 101,
            "process_vm_readv": 310, "process_vm_writev": 311, "pidfd_open": 434, "pidfd_getfd": 438,
            "pidfd_send_signal": 424, "unshare": 272, "setns": 308, "mount": 165, "bpf": 321, "perf_event_open": 298,
            "keyctl": 250, "add_key": 248, "request_key": 249, "userfaultfd": 323, "io_uring_setup": 425,
            "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "setpriority": 141, "ioprio_set": 251, "kcmp": 312,
            "process_madvise": 440, "process_mrelease": 448, "migrate_pages": 256, "move_pages": 279,
            "chroot": 161, "pivot_root": 155, "umount2": 166, "open_by_handle_at": 304, "fanotify_init": 300,
            "socketpair": 53, "shmget": 29, "msgget": 68, "semget": 64, "mq_open": 240,
            "chmod": 90, "fchmod": 91, "fchmodat": 268, "fchmodat2": 452, "chown": 92, "fchown": 93, "lchown": 94,
            "fchownat": 260, "utime": 132, "utimes": 235, "futimesat": 261, "utimensat": 280, "truncate": 76,
            "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "setxattrat": 463, "file_setattr": 469,
            "removexattr": 197, "lremovexattr": 198, "fremovexattr": 199, "removexattrat": 466,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "socket": 198, "connect": 203, "accept": 202, "bind": 200, "listen": 201, "accept4": 242,
            "execve": 221, "execveat": 281, "kill": 129, "tkill": 130, "ptrace": 117,
            "process_vm_readv": 270, "process_vm_writev": 271, "pidfd_open": 434, "pidfd_getfd": 438,
            "pidfd_send_signal": 424, "unshare": 97, "setns": 268, "mount": 40, "bpf": 280, "perf_event_open": 241,
            "keyctl": 219, "add_key": 217, "request_key": 218, "userfaultfd": 282, "io_uring_setup": 425,
            "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240, "setpriority": 140, "ioprio_set": 30, "kcmp": 272,
            "process_madvise": 440, "process_mrelease": 448, "migrate_pages": 238, "move_pages": 239,
            "chroot": 51, "pivot_root": 41, "umount2": 39, "open_by_handle_at": 265, "fanotify_init": 262,
            "socketpair": 199, "shmget": 194, "msgget": 186, "semget": 190, "mq_open": 180,
            "fchmod": 52, "fchmodat": 53, "fchmodat2": 452, "fchown": 55, "fchownat": 54, "utimensat": 88,
            "truncate": 45, "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "setxattrat": 463, "file_setattr": 469,
            "removexattr": 14, "lremovexattr": 15, "fremovexattr": 16, "removexattrat": 466,
        },
    ),
}  # fmt: skip
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = 435
OF_ITSELF: dict[str, dict[str, int]] = {
    "x86_64": {
        "tgkill": 234, "prlimit64": 302, "sched_setaffinity": 203, "sched_setscheduler": 144, "sched_setparam": 142,
        "sched_setattr": 314,
    },
    "aarch64": {
        "tgkill": 131, "prlimit64": 261, "sched_setaffinity": 122, "sched_setscheduler": 119, "sched_setparam": 118,
        "sched_setattr": 274,
    },
}  # fmt: skip
"""Calls whose first argument is whom they are about: 0 or the process itself, nobody else."""
WITH_COMMANDS = {"x86_64": {"fcntl": 72, "ioctl": 16}, "aarch64": {"fcntl": 25, "ioctl": 29}}
OWNING = {"fcntl": (8, 10, 15), "ioctl": (0x8901, 0x8902)}
"""Commands, the second argument of such calls, that say who is told of a descriptor, and how."""


def enter(bounds: Bounds, scratch: Path) -> None:
    """Give all of it up, for good; ``scratch`` is the folder of working files."""
    die_with_parent()
    limit(bounds)
    if sys.platform == "linux":
        _prctl(PR_SET_DUMPABLE, 0)  # nor may another child of ours look into this one
        _prctl(PR_SET_NO_NEW_PRIVS, 1)
    landlock.confine(scratch)
    if can_filter_calls():  # where not, who started us has said so, or refused to
        filter_calls()


def die_with_parent() -> None:
    """Be killed when the parent ends, however it does."""
    if sys.platform == "linux":
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def limit(bounds: Bounds) -> None:
    """Set the limits of the kernel; more than them is an error for this process, or its end."""
    mapped, data = _taken()
    for what, most in {
        resource.RLIMIT_AS: mapped + bounds.memory + bounds.mapped_files,
        resource.RLIMIT_DATA: data + bounds.memory,
        resource.RLIMIT_FSIZE: bounds.file_bytes,
        resource.RLIMIT_CPU: bounds.cpu_seconds,
        resource.RLIMIT_NOFILE: DESCRIPTORS,
        resource.RLIMIT_CORE: 0,
    }.items():
        hard = resource.getrlimit(what)[1]
        lowered = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (lowered, lowered))


def hold_to(memory: int) -> None:
    """Let this process have so many bytes more than it has, and no more."""
    most = _taken()[1] + memory
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (min(most, hard), min(most, hard)))


def _taken() -> tuple[int, int]:
    """Bytes of address space and of memory to write to that this process has already."""
    if sys.platform != "linux":
        return 0, 0
    fields = Path("/proc/self/statm").read_text().split()
    page = os.sysconf("SC_PAGE_SIZE")
    return int(fields[0]) * page, int(fields[5]) * page


def can_filter_calls() -> bool:
    """Whether the kernel, or what stands for one, filters system calls, and we know those of this machine."""
    if sys.platform != "linux" or platform.machine() not in CALLS:
        return False
    try:
        _prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, 0)
    except OSError as error:
        return error.errno not in {errno.EINVAL, errno.ENOSYS}  # it is EFAULT where a program would have been read
    return False


def filter_calls() -> None:
    """Refuse the calls of CALLS, new processes, signals to others, and the commands of OWNING."""
    program = _program(platform.machine())
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    _prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(header))


def _program(machine: str) -> list[tuple[int, int, int, int]]:
    """Steps of a BPF program: what to do, how many to skip if so and if not, with which number."""
    architecture, calls = CALLS[machine]
    steps = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, architecture), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER)]
    steps += [(AT_LEAST, 0, 1, X32), (RETURN, 0, 0, REFUSE)]
    for number in calls.values():
        steps += [(EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE)]
    steps += [(EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, NO_SUCH_CALL)]  # its arguments cannot be seen; clone is tried next
    steps += [(EQUAL, 0, 4, CLONE[machine]), (LOAD, 0, 0, FIRST_ARGUMENT), (ANY_BIT, 1, 0, CLONE_THREAD)]
    steps += [(RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    for number in OF_ITSELF[machine].values():
        steps += [(EQUAL, 0, 5, number), (LOAD, 0, 0, FIRST_ARGUMENT), (EQUAL, 2, 0, 0), (EQUAL, 1, 0, os.getpid())]
        steps += [(RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    for name, number in WITH_COMMANDS[machine].items():
        refused = [step for command in OWNING[name] for step in ((EQUAL, 0, 1, command), (RETURN, 0, 0, REFUSE))]
        steps += [(EQUAL, 0, len(refused) + 2, number), (LOAD, 0, 0, SECOND_ARGUMENT), *refused, (RETURN, 0, 0, ALLOW)]
    return [*steps, (RETURN, 0, 0, ALLOW)]


def _prctl(option: int, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    given = [ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)[:4]]
    if libc.prctl(option, *given):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
