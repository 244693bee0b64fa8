"""Brakes on attempts: whoever has made too many waits, and is told how long.

An attempt is counted before it costs anything, and forgotten again if it was right. Nobody waits longer than
AUTH_BRAKE_SECONDS, for a count is empty that long after its first attempt.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from chassis.logging import get_logger
from chassis.metrics import counter
from chassis.problems import Problem

from auth_service.brakes.addresses import Client
from auth_service.brakes.limits import AttemptKind, of_token
from auth_service.brakes.stores import Count
from auth_service.brakes.stores.chosen import store

log = get_logger()


class TooManyAttempts(Problem):
    """429; ``Retry-After`` says in how many seconds the next one counts."""

    def __init__(self, seconds: float) -> None:
        headers = {"Retry-After": str(max(1, math.ceil(seconds)))}
        super().__init__(429, "too_many_attempts", "Too many attempts; try again later.", headers=headers)


@contextmanager
def attempt(kind: AttemptKind, counts: Sequence[Count], *, now: datetime) -> Iterator[None]:
    """Around what tells right from wrong: raises TooManyAttempts before, and counts those that raise a Problem."""
    _take(kind, counts, now=now)
    try:
        yield
    except Problem as problem:
        if problem.status < 500:
            _tell(kind, "wrong")
        else:  # our fault
            store().give_back(counts, now=now)
        raise
    store().give_back(counts, now=now)
    _tell(kind, "right")


def attempt_count(kind: AttemptKind, counts: Sequence[Count], *, now: datetime) -> None:
    """Count an attempt that is counted whether right or wrong; raises TooManyAttempts."""
    _take(kind, counts, now=now)
    _tell(kind, "right")


@contextmanager
def wrong_tokens(client: Client, *, now: datetime) -> Iterator[None]:
    """Around the use of a token that nobody can guess: only a wrong one is counted, and a right one never held back."""
    try:
        yield
    except Problem as problem:
        if problem.status < 500:
            _take(AttemptKind.TOKEN, of_token(client), now=now)
            _tell(AttemptKind.TOKEN, "wrong")
        raise


def _take(kind: AttemptKind, counts: Sequence[Count], *, now: datetime) -> None:
    full = store().take(counts, now=now)
    if full:
        _tell(kind, "held_back")
        counter("auth_held_back_total").labels(kind, full.count.reason).inc()
        log.warning("too many attempts", kind=kind, reason=full.count.reason, seconds=math.ceil(full.seconds))
        raise TooManyAttempts(full.seconds)


def _tell(kind: AttemptKind, outcome: str) -> None:
    counter("auth_attempts_total").labels(kind, outcome).inc()
