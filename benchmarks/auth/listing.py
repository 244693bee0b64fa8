"""What the list of one's sessions costs with one session and with a thousand."""

import statistics
from collections.abc import Iterator

from benchmarks.auth.webs import Pair, get, post, register
from benchmarks.processes import Measured
from benchmarks.results import Figure
from tests.support.api import PASSWORD

PATHS = {"v1": "/api/v1/auth/sessions", "v2": "/api/v2/sessions"}
REQUESTS = 40
_AGAIN = """
from copy import copy
from auth_service.sessions.models import Session
from uuid_utils.compat import uuid7
(session,) = Session.objects.filter(user__username={name!r})
def again():
    other = copy(session)
    other.pk = uuid7()
    return other
Session.objects.bulk_create(again() for _ in range({times}))
"""


def measure(webs: Pair, *, quick: bool) -> Iterator[Figure]:
    """Of two accounts; the queries are counted in a process of their own."""
    many = 100 if quick else 1_000
    tokens = {name: _account(webs.auth, name) for name in ("few", "many")}
    webs.shell(_AGAIN.format(name="many", times=many - 1))
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


def _account(web: Measured, name: str) -> str:
    """An account that has logged in once; its access token."""
    register(web, name)
    return str(post(web.connection(), "/api/v1/auth/jwt/create", {"login": name, "password": PASSWORD})["access"])


def _cost(web: Measured, path: str, token: str) -> float:
    """CPU µs of the web process."""
    connection, costs = web.connection(), []
    for _ in range(REQUESTS):
        before = web.cpu_micros()
        get(connection, path, token)
        costs.append(web.cpu_micros() - before)
    return statistics.median(costs)
