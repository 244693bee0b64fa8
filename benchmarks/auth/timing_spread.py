"""Whether the time of an answer tells if there is an account: medians for a known and for an unknown one.

They are asked in turns, so that whatever else the machine does meets both. New accounts wait for a mail as in
production: without that a taken address is told anyway. Auth is asked itself: a door in front adds the same to both.
"""

import http.client
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from benchmarks.results import Figure
from tests.support.api import PASSWORD
from tests.support.platform import Platform
from tests.support.waiting import eventually

PAIRS, QUICK_PAIRS = 400, 100
MOST_PERCENT = 5
SETTINGS = {
    "AUTH_ACTIVATION": "true",
    "AUTH_REGISTRATIONS_PER_ADDRESS": "1000000",
    "AUTH_MAILS_PER_ACCOUNT": "1000000",
    "AUTH_MAILS_PER_ADDRESS": "1000000",
    "AUTH_WRONG_PASSWORDS_PER_ACCOUNT": "1000000",
    "AUTH_WRONG_PASSWORDS_PER_ADDRESS": "1000000",
}
KNOWN, UNKNOWN = "known@example.org", "unknown@example.org"
Ask = Callable[[str], float]
"""Sends a request about an address, and gives the seconds until its answer was there."""


def measure(*, quick: bool) -> list[Figure]:
    """The spread of each request that could tell."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        platform = Platform(Path(folder))
        platform.settings |= SETTINGS
        with platform:
            auth = _Auth(int(platform.settings["AUTH_PORT"]))
            auth.register(KNOWN)
            _activate(platform, auth)
            return list(_spreads(auth, QUICK_PAIRS if quick else PAIRS))


def _spreads(auth: "_Auth", pairs: int) -> Iterator[Figure]:
    fresh = (f"new-{number}@example.org" for number in count())
    requests: dict[str, tuple[Ask, Callable[[], str]]] = {
        "sign-up": (auth.register, lambda: next(fresh)),
        "log-in": (auth.log_in, lambda: UNKNOWN),
        "reset": (auth.reset_password, lambda: UNKNOWN),
        "resend": (auth.resend_activation, lambda: UNKNOWN),
    }
    for name, (ask, unknown) in requests.items():
        known, other = (statistics.median(column) * 1000 for column in _asked_in_turns(ask, unknown, pairs))
        spread = round(100 * abs(known - other) / min(known, other), 1)
        yield Figure(
            id=f"timing-spread-{name}",
            what=f"{name}: known against unknown, medians of {pairs}",
            value=spread,
            unit="%",
            beside={"known, ms": round(known, 2), "unknown, ms": round(other, 2)},
        ).at_most(MOST_PERCENT)


def _asked_in_turns(ask: Ask, unknown: Callable[[], str], pairs: int) -> tuple[list[float], list[float]]:
    """Seconds for the known and for unknown addresses; each is as often the first of a pair.

    What an answer leaves to the background, such as a mail to the known address, slows down the next request.
    """
    known, other = [], []
    for number in range(pairs):
        if number % 2:
            other.append(ask(unknown()))
            known.append(ask(KNOWN))
        else:
            known.append(ask(KNOWN))
            other.append(ask(unknown()))
    return known, other


def _activate(platform: Platform, auth: "_Auth") -> None:
    """Answer the mail that lies in the folder."""
    (link,) = [
        line.strip() for line in eventually(lambda: platform.make("mails").stdout).splitlines() if "/activate/" in line
    ]
    uid, token = link.rsplit("/", 2)[1:]
    auth.post("users/activation", {"uid": uid, "token": token}, expected=204)


class _Auth:
    """One connection to auth."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._names = count()

    def register(self, email: str) -> float:
        body = {"email": email, "username": f"somebody-{next(self._names)}", "password": PASSWORD}
        return self.post("users", body, expected=201)

    def log_in(self, email: str) -> float:
        return self.post("jwt/create", {"email": email, "password": "not the pass phrase"}, expected=401)

    def reset_password(self, email: str) -> float:
        return self.post("users/reset_password", {"email": email}, expected=204)

    def resend_activation(self, email: str) -> float:
        return self.post("users/resend_activation", {"email": email}, expected=204)

    def post(self, path: str, body: dict[str, str], *, expected: int) -> float:
        """Seconds until the answer was read."""
        began = time.perf_counter()
        self._connection.request("POST", f"/api/v1/auth/{path}", json.dumps(body), {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        answer.read()
        assert answer.status == expected, (path, answer.status)
        return time.perf_counter() - began
