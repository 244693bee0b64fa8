"""What the list of one's sessions costs with one session and with a thousand."""

import statistics
from collections.abc import Iterator

from benchmarks.auth.webs import Pair, get, post, register
from benchmarks.processes import Measured
from benchmarks.results import Figure
from tests.support.api import PASSWORD

PATHS = {"v1": "/api/v1/auth/sessions", "v2": "/api/v2/sessions"}
REQUESTS = 40


def measure(webs: Pair, *, quick: bool) -> Iterator[Figure]:
    """Of two accounts; the queries are counted in a process of their own."""
    many = 100 if quick else 1_000
    # the many first: on a slow machine a token made before them has expired after
    tokens = {"many": _account(webs.auth, "many", many), "few": _account(webs.auth, "few", 1)}
    for version, path in PATHS.items():
        more, few = (webs.queries("GET", path, token=token) for token in tokens.values())
        costs = {name: round(_cost(webs.auth, path, token)) for name, token in tokens.items()}
        yield Figure(
            id=f"sessions-list-{version}",
            what=f"queries of the list of sessions in {version} with {many:,}, more than with 1",
            value=more - few,
            unit="queries",
            beside={"queries": few, "1, CPU µs": costs["few"], f"{many:,}, CPU µs": costs["many"]},
        ).at_most(0)


def _account(web: Measured, name: str, sessions: int) -> str:
    """An account that has logged in so often; its last access token."""
    register(web, name)
    connection = web.connection()
    credentials = {"login": name, "password": PASSWORD}
    pairs = [post(connection, "/api/v1/auth/jwt/create", credentials) for _ in range(sessions)]
    return str(pairs[-1]["access"])


def _cost(web: Measured, path: str, token: str) -> float:
    """CPU µs of the web process."""
    connection, costs = web.connection(), []
    for _ in range(REQUESTS):
        before = web.cpu_micros()
        get(connection, path, token)
        costs.append(web.cpu_micros() - before)
    return statistics.median(costs)
