"""From where this thread acts: the request it serves, which services know nothing of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Origin:
    """A device, and the session in which it acts; all unknown in a job or a command."""

    ip: str | None = None
    user_agent: str = ""
    session_id: UUID | None = None


_UNKNOWN = Origin()
_current: ContextVar[Callable[[], Origin]] = ContextVar("origin", default=lambda: _UNKNOWN)


def origin() -> Origin:
    """From where what happens now is done."""
    return _current.get()()


@contextmanager
def acting_from(find: Callable[[], Origin]) -> Iterator[None]:
    """What happens inside comes from what ``find`` gives, which is asked only if something is to be written down."""
    before = _current.set(find)
    try:
        yield
    finally:
        _current.reset(before)


def act_in(session_id: UUID) -> None:
    """Until the request ends it acts in this session."""
    find = _current.get()
    _current.set(lambda: replace(find(), session_id=session_id))
