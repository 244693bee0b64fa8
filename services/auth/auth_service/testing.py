"""For tests: somebody who calls the API."""

import json
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.test import Client

PASSWORD = "correct horse battery staple"  # noqa: S105  of people who do not exist


AtOnce = Callable[[Sequence[Callable[[], Any]]], list[Any]]
"""Calls each function in a thread of its own, all at the same moment, and gives what they returned."""


class Caller:
    """A client of auth, with the tokens of its log-in once there is one."""

    def __init__(self, username: str = "") -> None:
        self.username = username
        self.email = f"{username}@example.org"
        self.id: UUID | None = None
        self.access = ""
        self.refresh = ""
        self._client = Client()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> "Answer":
        """Send a request; ``body`` is JSON unless it is bytes, and ``headers`` have underscores for hyphens."""
        data = body if isinstance(body, bytes) else json.dumps(body) if body is not None else ""
        sent = {"Authorization": f"Bearer {self.access}"} if self.access else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        response = self._client.generic(method, path, data, content_type="application/json", headers=sent)
        return Answer(response)

    def get(self, path: str, **headers: str) -> "Answer":
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> "Answer":
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> "Answer":
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str) -> "Answer":
        return self.call("DELETE", path)

    def register(self) -> "Answer":
        body = {"email": self.email, "username": self.username, "password": PASSWORD}
        answer = self.post("/api/v1/auth/users", body)
        self.id = UUID(answer.body["id"])
        return answer

    def log_in(self) -> "Answer":
        answer = self.post("/api/v1/auth/jwt/create", {"login": self.username, "password": PASSWORD})
        self.access, self.refresh = answer.body["access"], answer.body["refresh"]
        return answer


class Answer:
    """What came back."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.headers = response.headers
        self.body: Any = json.loads(response.content) if response.content else None

    def __repr__(self) -> str:
        return f"{self.status} {self.body}"
