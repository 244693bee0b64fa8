"""How passwords are stored, and how many are hashed at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from chassis.metrics import counter
from chassis.problems import Problem
from django.contrib.auth.hashers import Argon2PasswordHasher

from auth_service.settings import settings
from auth_service.users.hash_memory import HASH_KIB

WAIT_SECONDS = 2.0
"""How long a password waits for its turn: some thirty others take it meanwhile."""


class Argon2id(Argon2PasswordHasher):
    """Argon2id with OWASP's parameters (Password Storage Cheat Sheet).

    Django's own ask for 100 MiB and eight threads, with which a few log-ins at once bring a small pod down. A process
    hashes AUTH_HASHES_AT_ONCE at a time; raises Problem 503 ``overloaded`` where it does not come to one.
    """

    time_cost = 2
    memory_cost = HASH_KIB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _turn():
            return super().verify(password, encoded)


@contextmanager
def _turn() -> Iterator[None]:
    if not turns().acquire(timeout=WAIT_SECONDS):
        counter("auth_held_back_total").labels("hash", "capacity").inc()
        raise Problem(503, "overloaded", "Too many passwords are being checked; try again.")
    try:
        yield
    finally:
        turns().release()


@cache
def turns() -> BoundedSemaphore:
    """The turns of this process."""
    return BoundedSemaphore(settings().hashes_at_once)
