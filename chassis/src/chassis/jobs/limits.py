"""How long a job may take. Celery limits only jobs in processes; these run in threads, and in the worker itself.

RabbitMQ takes back a job that is not acknowledged within its consumer timeout (30 minutes unless set), gives it out
again, and so on for ever: no job may come near it.
"""

import ctypes
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chassis.liveness import Loop, Watch

JOB_SECONDS = 15 * 60
"""The time limit of a job that has no shorter one of its own."""
GRACE_SECONDS = 60
"""How long after its limit a job that does not end, for it hangs in foreign code, makes the worker not alive."""
LOOK_SECONDS = 0.5


class JobTookTooLong(Exception):  # noqa: N818  says what happened
    """Raised in the midst of a job whose time is over."""


@dataclass(eq=False, slots=True)
class _Running:
    thread: int
    until: float


_lock = threading.Lock()
_running: list[_Running] = []
_looking: Loop | None = None


@contextmanager
def within(seconds: float, name: str) -> Iterator[None]:
    """Raise JobTookTooLong in the block once it takes longer; in Python code only, which a call out of it may delay."""
    job = _Running(threading.get_ident(), time.monotonic() + seconds)
    watch = Watch(name, within=seconds + GRACE_SECONDS)
    _begin(job)
    try:
        yield
    finally:
        watch.unregister()
        with _lock:
            if job in _running:
                _running.remove(job)
            else:  # one may still be on its way, and must not reach what runs in this thread next
                _raise(job.thread, None)


def _begin(job: _Running) -> None:
    global _looking  # noqa: PLW0603  one per process
    with _lock:
        _running.append(job)
        if _looking is None:
            _looking = Loop("job-limits", _look, within=GRACE_SECONDS)


def _look() -> float:
    with _lock:
        for job in [each for each in _running if time.monotonic() > each.until]:
            _running.remove(job)
            _raise(job.thread, JobTookTooLong)
    return LOOK_SECONDS


def _raise(thread: int, error: type[Exception] | None) -> None:
    argument = ctypes.py_object(error) if error else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), argument)
