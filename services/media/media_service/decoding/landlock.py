"""What a process may open of the disk from now on, and whom it may signal, said by Landlock (landlock(7)).

It needs no privilege, and what is open already stays open. In particular nobody's environment, memory or secrets can be
read any more, neither below ``/proc`` nor in a folder.
"""

import ctypes
import os
import struct
import sys
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # on all machines
VERSION, PATH_BENEATH = 1, 1
WRITE_FILE, READ_FILE, READ_DIR, REMOVE_FILE, MAKE_REG, TRUNCATE = 1 << 1, 1 << 2, 1 << 3, 1 << 5, 1 << 8, 1 << 14
ALL_OF_VERSION_1, TRUNCATE_SINCE = (1 << 13) - 1, 3
ABSTRACT_SOCKETS, SIGNALS, SCOPES_SINCE = 1 << 0, 1 << 1, 6
READ = READ_FILE | READ_DIR
WRITE = READ | WRITE_FILE | REMOVE_FILE | MAKE_REG
LIBRARIES = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom")
OWN_PACKAGES = ("chassis", "media_service")


def version() -> int:
    """The version of the kernel's Landlock; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    found: int = ctypes.CDLL(None).syscall(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION)
    return max(found, 0)


def confine(working_folder: Path) -> None:
    """Let this process open programs and libraries to read, itself in ``/proc``, and a folder to work in.

    Where the kernel knows how, it signals only itself. Without Landlock nothing changes. ``no_new_privs`` has to be
    set. Raises OSError.
    """
    known = version()
    if not known:
        return
    truncate = TRUNCATE if known >= TRUNCATE_SINCE else 0
    handled = struct.pack("Q", ALL_OF_VERSION_1 | truncate)
    if known >= SCOPES_SINCE:
        handled += struct.pack("QQ", 0, ABSTRACT_SOCKETS | SIGNALS)  # none of the network's, which has no paths
    ruleset = system_call(CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0)
    try:
        for path in _programs():
            _allow(ruleset, path, READ)
        _allow(ruleset, str(working_folder), WRITE | truncate)
        system_call(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _programs() -> list[str]:
    """Where Python, its packages, our own and shared libraries are, those that are loaded when they are needed too."""
    own: list[str] = [folder for name in OWN_PACKAGES for folder in sys.modules[name].__path__]
    return [*LIBRARIES, "/proc/self", sys.prefix, sys.base_prefix, *own]


def _allow(ruleset: int, path: str, access: int) -> None:
    """Allow this of a file or all that is below a folder; what is not there needs no rule."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not Path(path).is_dir():
            access &= READ_FILE | WRITE_FILE | TRUNCATE
        system_call(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=Qi", access, place), 0)
    finally:
        os.close(place)


def system_call(number: int, *arguments: object) -> int:
    """What the C library has no function for; raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    result: int = libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
