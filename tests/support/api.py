"""A client of the public API, as a person's program would use it."""

import time
import uuid
from typing import Any, Self

import httpx

from tests.support.waiting import eventually

PASSWORD = "a-long-passphrase-42"
LONG_AGO = 300  # seconds
Json = dict[str, Any]


class Visitor:
    """Somebody at the public door, a stranger until `register`. Every answer is checked for its request id.

    They take WebP, as browsers do.
    """

    def __init__(self, base_url: str) -> None:
        hooks = {"response": [_has_request_id]}
        self.http = httpx.Client(base_url=base_url, headers={"Accept": "image/webp,*/*"}, timeout=60, event_hooks=hooks)
        self.username = ""
        self._logged_in = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def register(self, name: str) -> Self:
        """Become a new user whose name begins so, and log in."""
        self.username = f"{name}-{uuid.uuid4().hex[:8]}"
        body = {"email": f"{self.username}@example.org", "username": self.username, "password": PASSWORD}
        expect(self.http.post("/api/v1/auth/users", json=body), 201)
        self.log_in()
        return self

    def log_in(self) -> Json:
        """Take a pair of tokens; the access token goes with every request from now on.

        That of an earlier log-in does not go with this one: the gateway would refuse it where it has ended.
        """
        self.http.headers.pop("Authorization", None)
        body = {"login": self.username, "password": PASSWORD}
        pair = json_of(self.http.post("/api/v1/auth/jwt/create", json=body), 200)
        self.http.headers["Authorization"] = f"Bearer {pair['access']}"
        self._logged_in = time.monotonic()
        return pair

    def stay(self) -> None:
        """Log in again where the last time is long ago: the token lives for ten minutes."""
        if time.monotonic() - self._logged_in > LONG_AGO:
            self.log_in()

    def upload(self, content: bytes, name: str = "photograph.jpg") -> httpx.Response:
        return self.http.post("/api/v1/media", files={"file": (name, content)})

    def create_post(self, **fields: Any) -> Json:
        body = {"title": "First light", "body": "# Dawn\n\nOver the **river**."} | fields
        return json_of(self.http.post("/api/v1/posts", json=body), 201)

    def publish(self, slug: str) -> Json:
        """Publish and wait until it is public: images may still wait for their confirmation."""
        expect(self.http.post(f"/api/v1/posts/{slug}/publish"), 200, 202)
        return self.wait_for_post(slug, published=True)

    def wait_for_post(self, slug: str, **expected: Any) -> Json:
        """Read the post until its fields are as expected."""

        def as_expected() -> Json | None:
            post = json_of(self.http.get(f"/api/v1/posts/{slug}"), 200)
            return post if expected.items() <= post.items() else None

        return eventually(as_expected)

    def wait_for_picture(self, url: str) -> httpx.Response:
        """Fetch a rendition; 202 says that it is being made."""

        def picture() -> httpx.Response | None:
            answer = expect(self.http.get(url), 200, 202)
            assert answer.status_code == 200 or answer.headers["Retry-After"]
            return answer if answer.status_code == 200 else None

        return eventually(picture, seconds=60)

    def wait_for_export(self, export_id: str) -> Json:
        """Look at an archive about oneself until it is made."""

        def made() -> Json | None:
            found = json_of(self.http.get(f"/api/v2/me/exports/{export_id}"), 200)
            return found if found["state"] == "ready" else None

        return eventually(made, seconds=120)

    def make_token(self, *scopes: str) -> Json:
        """A personal token with these scopes."""
        return json_of(self.http.post("/api/v2/me/tokens", json={"name": "nightly import", "scopes": scopes}), 201)

    def program(self, token: str) -> "Visitor":
        """Something else that calls the API, with the token alone."""
        program = Visitor(str(self.http.base_url))
        program.http.headers["Authorization"] = f"Bearer {token}"
        return program


def expect(answer: httpx.Response, *statuses: int) -> httpx.Response:
    """Return the answer when it has one of the statuses; show it otherwise."""
    assert answer.status_code in statuses, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
    return answer


def json_of(answer: httpx.Response, *statuses: int) -> Json:
    """Return the JSON object of an answer with one of the statuses."""
    body: Json = expect(answer, *statuses).json()
    return body


def _has_request_id(answer: httpx.Response) -> None:
    assert answer.headers.get("X-Request-ID"), f"{answer.request.method} {answer.request.url} without a request id"
