"""Open-loop load on the gateway's Service, run in a pod: arrivals keep their times whatever the answers do.

Several users read, write posts and change their bio, so that events are in flight. Now and then a body arrives slowly,
so that some request is always under way. Nothing is sent twice: one failed request is one failure. SIGUSR2 begins a
span of time, whose latencies are told by themselves. Ends with SIGUSR1 or after SECONDS, and prints one JSON document:
counts, latencies from the planned arrival (without the slow ones), failures, and what was acknowledged but is not there
afterwards.
"""
# ruff: noqa: T201, BLE001  its output is the report; every failure of a request is one; chance picks no secret

import http.client
import json
import math
import os
import random
import secrets
import select
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from queue import Empty, LifoQueue
from typing import Any
from urllib.parse import urlsplit

GATEWAY = urlsplit(os.environ["GATEWAY"])
HOST = urlsplit(os.environ["PUBLIC_URL"]).netloc
RATE = float(os.environ.get("RATE", "25"))
SECONDS = float(os.environ.get("SECONDS", "60"))
TIMEOUT = 30
USERS = 4
SLOW_SECONDS = 3
SLOWEST = 50
KINDS = {"list": 45, "read": 33, "write": 12, "bio": 8, "slow": 2}
"""How often of a hundred."""


class Connections:
    """Kept-alive connections; one that the server closed while it was idle is not used again, as in any HTTP client."""

    def __init__(self) -> None:
        self._idle: LifoQueue[http.client.HTTPConnection] = LifoQueue()

    def request(
        self, method: str, path: str, body: Any = None, token: str = "", *, slowly: bool = False
    ) -> tuple[int, Any, dict[str, str]]:
        headers = {"Host": HOST, "Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )
        content = None if body is None else json.dumps(body).encode()
        connection = self._take()
        if content and slowly:
            connection.request(method, path, _dripping(content), headers | {"Content-Length": str(len(content))})
        else:
            connection.request(method, path, content, headers)
        answer = connection.getresponse()
        content = answer.read()
        if not answer.will_close:
            self._idle.put(connection)
        is_json = "json" in answer.headers.get("Content-Type", "")
        return answer.status, json.loads(content) if content and is_json else None, dict(answer.headers)

    def _take(self) -> http.client.HTTPConnection:
        try:
            while True:
                connection = self._idle.get_nowait()
                if not select.select([connection.sock], [], [], 0)[0]:
                    return connection
                connection.close()
        except Empty:
            return http.client.HTTPConnection(GATEWAY.hostname or "", GATEWAY.port or 80, timeout=TIMEOUT)


def _dripping(content: bytes) -> Iterator[bytes]:
    size = len(content) // 10
    for begin in range(0, len(content), size):
        yield content[begin : begin + size]
        time.sleep(SLOW_SECONDS / 10)


class User:
    """One author; changes of the bio are made one after the other, so that the last acknowledged one is known."""

    def __init__(self, connections: Connections) -> None:
        self.name = f"load-{secrets.token_hex(5)}"
        self.bio = ""
        self.slugs: list[str] = []
        self.drafts: list[str] = []
        self.lock = threading.Lock()
        password = secrets.token_urlsafe(16)
        account = {"username": self.name, "email": f"{self.name}@example.org", "password": password}
        self._must(201, connections.request("POST", "/api/v1/auth/users", account))
        pair = connections.request("POST", "/api/v1/auth/jwt/create", {"username": self.name, "password": password})
        self.token: str = self._must(200, pair)["access"]

    @staticmethod
    def _must(status: int, answer: tuple[int, Any, dict[str, str]]) -> Any:
        if answer[0] != status:
            sys.exit(f"setting up: expected {status}, got {answer[:2]}")
        return answer[1]


class Load:
    """What was sent and what became of it."""

    def __init__(self) -> None:
        self.connections = Connections()
        self.users = [User(self.connections) for _ in range(USERS)]
        self.latencies: list[tuple[float, float, str]] = []
        self.statuses: Counter[str] = Counter()
        self.failures: list[dict[str, Any]] = []
        self.began = time.monotonic()
        self.spans: list[float] = []
        self._enough = threading.Event()
        signal.signal(signal.SIGUSR1, lambda *_: self._enough.set())
        signal.signal(signal.SIGUSR2, lambda *_: self.spans.append(time.monotonic() - self.began))

    def run(self) -> None:
        """Send at the planned moments, in as many threads as are needed."""
        with ThreadPoolExecutor(max_workers=512) as threads:
            for number in range(int(RATE * SECONDS)):
                due = self.began + number / RATE
                if self._enough.wait(max(0, due - time.monotonic())):
                    break
                threads.submit(self._one, number, due)

    def _one(self, number: int, due: float) -> None:
        user = self.users[number % USERS]
        kind = random.choices([*KINDS], [*KINDS.values()])[0]
        try:
            status, _, headers = self._send(kind, user)
        except Exception as error:
            status, headers = 0, {"error": f"{type(error).__name__}: {error}"}
        if kind != "slow":
            self.latencies.append((time.monotonic() - due, due - self.began, kind))
        self.statuses[str(status)] += 1
        if status != (201 if kind in {"write", "slow"} else 200):
            told = {name: headers[name] for name in ("Retry-After", "X-Request-ID", "error") if name in headers}
            self.failures.append({"at": round(due - self.began, 2), "kind": kind, "status": status, "told": told})

    def _send(self, kind: str, user: User) -> tuple[int, Any, dict[str, str]]:
        match kind:
            case "list":
                return self.connections.request("GET", "/api/v1/posts?page_size=10")
            case "read":
                return self._read(user)
            case "write":
                return self._write(user, "Text")
            case "slow":
                return self._write(user, "Long text. " * 10_000, slowly=True)
        return self._change_bio(user)

    def _read(self, user: User) -> tuple[int, Any, dict[str, str]]:
        if not user.slugs:
            return self.connections.request("GET", "/api/v1/posts")
        return self.connections.request("GET", f"/api/v1/posts/{random.choice(user.slugs)}")

    def _write(self, user: User, text: str, *, slowly: bool = False) -> tuple[int, Any, dict[str, str]]:
        post = {"title": f"Load {secrets.token_hex(6)}", "body": text, "tags": ["load"], "published": not slowly}
        answer = self.connections.request("POST", "/api/v1/posts", post, user.token, slowly=slowly)
        if answer[0] == 201:
            (user.drafts if slowly else user.slugs).append(answer[1]["slug"])
        return answer

    def _change_bio(self, user: User) -> tuple[int, Any, dict[str, str]]:
        with user.lock:
            bio = f"bio {secrets.token_hex(6)}"
            answer = self.connections.request("PATCH", "/api/v1/auth/users/me", {"profile": {"bio": bio}}, user.token)
            if answer[0] == 200:
                user.bio = bio
        return answer

    def lost(self) -> list[str]:
        """Acknowledged writes that are not there, asked again for a minute."""
        deadline = time.monotonic() + 60
        missing = [
            (f"/api/v1/posts/{slug}", "slug", slug, user.token)
            for user in self.users
            for slug in [*user.slugs, *user.drafts]
        ]
        missing += [(f"/api/v1/authors/{user.name}", "bio", user.bio, "") for user in self.users if user.bio]
        while missing and time.monotonic() < deadline:
            missing = [wanted for wanted in missing if not self._shows(*wanted)]
        return [path for path, _, _, _ in missing]

    def _shows(self, path: str, name: str, value: str, token: str) -> bool:
        try:
            status, body, _ = self.connections.request("GET", path, token=token)
        except Exception:
            return False
        return status == 200 and body[name] == value


def distribution(latencies: list[tuple[float, float, str]]) -> dict[str, Any]:
    """Percentiles of these latencies, and which were the slowest."""
    ordered = sorted(latencies)
    return {
        "p50_ms": round(ordered[len(ordered) // 2][0] * 1000, 1),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)][0] * 1000, 1),
        "max_ms": round(ordered[-1][0] * 1000, 1),
        "slowest": [
            {"ms": round(took * 1000), "at": round(at, 1), "kind": kind} for took, at, kind in ordered[-SLOWEST:]
        ],
    }


load = Load()
load.run()
spans = pairwise([*load.spans, math.inf])
report = {
    "requests": sum(load.statuses.values()),
    "acknowledged_writes": sum(len(user.slugs) + len(user.drafts) for user in load.users),
    "statuses": dict(load.statuses),
    "failed": len(load.failures),
    "failures": load.failures,
    "spans": [distribution([each for each in load.latencies if begin <= each[1] < end]) for begin, end in spans],
    "lost": load.lost(),
}
print(json.dumps(report))
