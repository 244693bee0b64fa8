"""What a log-in costs beside the hash of the password, which is slow on purpose."""

import statistics
import time
from collections.abc import Iterator

import argon2
from argon2.low_level import Type

from benchmarks.auth.webs import Pair, post, register
from benchmarks.results import Figure
from tests.support.api import PASSWORD

MOST_PERCENT = 15
AT_ONCE = 20
LOG_IN, CREDENTIALS = "/api/v1/auth/jwt/create", {"login": "alice", "password": PASSWORD}
PARAMETERS = "from auth_service.users.hashers import Argon2id as a; print(a.time_cost, a.memory_cost, a.parallelism)"


def measure(webs: Pair, *, quick: bool) -> Iterator[Figure]:
    """CPU of log-ins of one account, and of hashes by auth's parameters, in turns."""
    turns = 4 if quick else 12
    time_cost, memory_cost, parallelism = map(int, webs.shell(PARAMETERS).split()[-3:])
    hasher = argon2.PasswordHasher(time_cost, memory_cost, parallelism, type=Type.ID)
    stored = hasher.hash(PASSWORD)
    register(webs.auth, "alice")
    logins, hashes = [], []
    for turn in range(turns + 1):
        took = _login(webs), _hash(hasher, stored)
        if turn:  # the first warms up
            logins.append(took[0])
            hashes.append(took[1])
    around = [100 * (login - hashed) / hashed for login, hashed in zip(logins, hashes, strict=True)]
    yield Figure(
        id="login-overhead",
        what="CPU of a log-in around Argon2, over that of Argon2",
        value=round(statistics.median(around), 1),
        unit="%",
        beside={
            "log-in, µs": round(statistics.median(logins)),
            "Argon2, µs": round(statistics.median(hashes)),
            "queries": webs.queries("POST", LOG_IN, CREDENTIALS),
        },
    ).at_most(MOST_PERCENT)


def _login(webs: Pair) -> float:
    """CPU µs of auth's web process for one."""
    connection = webs.auth.connection()
    before = webs.auth.cpu_micros()
    for _ in range(AT_ONCE):
        post(connection, LOG_IN, CREDENTIALS)
    connection.close()
    return (webs.auth.cpu_micros() - before) / AT_ONCE


def _hash(hasher: argon2.PasswordHasher, stored: str) -> float:
    """CPU µs of this process for one."""
    began = time.process_time()
    for _ in range(AT_ONCE):
        hasher.verify(stored, PASSWORD)
    return (time.process_time() - began) * 1e6 / AT_ONCE
