"""A small platform on a real port: what a push needs of version 2, once under each Idempotency-Key, and bad luck."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, NamedTuple

Json = dict[str, Any]
SESSIONS, REFRESH, CURRENT = "/api/v2/sessions", "/api/v2/sessions/refresh", "/api/v2/sessions/current"
POSTS, MEDIA = "/api/v2/posts", "/api/v1/media"


class Answer(NamedTuple):
    """A string for a body is a page."""

    status: int
    body: Json | str
    headers: dict[str, str] = {}


class Bad(NamedTuple):
    """What happens to requests of a path after so many went well; None is a connection that breaks.

    With ``done`` it breaks when the work is done, and only its answer is lost.
    """

    answer: Answer | None
    after: int = 0
    times: int = 1 << 30
    done: bool = False


class SmallPlatform(ThreadingHTTPServer):
    """``posts``, as what they were ``sent``, and ``pictures`` by their keys.

    ``tokens`` are those that were given out, the last alone is valid.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lock = Lock()
        self.bad: dict[str, Bad] = {}
        self.asked: dict[str, int] = defaultdict(int)
        self.posts: dict[str, Json] = {}
        self.sent: dict[str, Json] = {}
        self.pictures: dict[str, Json] = {}
        self.tokens: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def luck(self, path: str) -> Bad | None:
        """What is to go wrong with this request."""
        with self.lock:
            bad, number = self.bad.get(path), self.asked[path]
            self.asked[path] += 1
        return bad if bad and bad.after <= number < bad.after + bad.times else None

    def answer(self, method: str, path: str, token: str, key: str, body: bytes) -> Answer:
        """As the platform would, were all well."""
        with self.lock:
            if path in {SESSIONS, REFRESH}:
                self.tokens.append(f"secret-access-{len(self.tokens)}")
                pair = {"access_token": self.tokens[-1], "refresh_token": f"secret-refresh-{len(self.tokens)}"}
                return Answer(200, pair | {"user": {"username": "ada"}})
            if token != f"Bearer {self.tokens[-1]}":
                return Answer(401, {"code": "token_expired", "title": "The access token has expired"})
            if path == CURRENT:
                return Answer(200, {})
            if path.startswith(f"{POSTS}?"):
                return Answer(200, {"items": list(self.posts.values()), "next_cursor": None})
            if path == MEDIA:
                asset = {"id": key, "sha256": hashlib.sha256(body).hexdigest(), "urls": {"large": f"/m/{key}"}}
                return Answer(201, self.pictures.setdefault(key, asset))
            return self._post(method, path.removeprefix(POSTS).removeprefix("/"), key, json.loads(body or b"{}"))

    def _post(self, method: str, post_id: str, key: str, sent: Json) -> Answer:
        """Make one under a key, or change or read the one of an id, which is its key."""
        if method == "POST":
            if self.sent.setdefault(key, sent) != sent:
                return Answer(422, {"code": "idempotency_key_reused", "title": "Take a new key"})
            post = {"id": key, "slug": sent["title"], "summary": "", "status": "draft", "scheduled_for": None}
            return Answer(201, self.posts.setdefault(key, post | {"comments_open": True} | sent), {"ETag": '"1"'})
        if method == "PATCH":
            self.posts[post_id] |= sent
        return Answer(200, self.posts[post_id], {"ETag": '"1"'})


class _Handler(BaseHTTPRequestHandler):
    server: SmallPlatform
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        bad = self.server.luck(self.path)
        answer = bad.answer if bad else None
        if bad is None or bad.done:
            answer = self.server.answer(
                self.command,
                self.path,
                self.headers.get("Authorization", ""),
                self.headers.get("Idempotency-Key", ""),
                body,
            )
        if answer is None or (bad and bad.done):
            self.close_connection = True
            return
        content = (answer.body if isinstance(answer.body, str) else json.dumps(answer.body)).encode()
        self.send_response(answer.status)
        kind = "text/html" if isinstance(answer.body, str) else "application/json"
        for name, value in ({"Content-Type": kind, "Content-Length": str(len(content))} | answer.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_DELETE = do_GET = do_PATCH = do_POST  # noqa: N815  as above, the library's names

    def log_message(self, *_: object) -> None:
        """Nothing: the tests read what the program prints."""


@contextmanager
def running() -> Iterator[SmallPlatform]:
    """One on a free port, until the block ends."""
    with SmallPlatform() as platform:
        thread = Thread(target=platform.serve_forever)
        thread.start()
        try:
            yield platform
        finally:
            platform.shutdown()
            thread.join()
