"""What all processes have logged while the stories were told: one shape, and nothing that is nobody's business.

Its name puts it behind the other stories.
"""

import json
import re
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator

from launcher import ROOT
from tests.support.api import PASSWORD, Visitor, expect, json_of
from tests.support.platform import Platform
from tests.support.waiting import eventually

SHAPE = Draft202012Validator(json.loads((ROOT / "ops/log-line.schema.json").read_text()))
OTHERS = {"supervisord", "postgres", "rabbitmq", "epmd", "redis"}
"""Programs of others have logs of their own making."""


@pytest.fixture(scope="module")
def secrets(platform: Platform | None, base_url: str) -> list[str]:
    """What was said to the platform in confidence, at every place a client may put it."""
    if platform is None:
        pytest.skip("the platform at BASE_URL shows no logs")
    planted = {
        name: f"Planted-{uuid.uuid4().hex}"
        for name in (
            *("wrong", "cookie", "basic", "query", "refresh", "code", "reset", "bearer", "header"),
            *("new", "totp", "torn", "caption"),
        )
    }
    with Visitor(base_url) as mallory:
        mallory.register("mallory")
        email = f"{mallory.username}@example.org"
        tokens = mallory.log_in()
        http = mallory.http
        wrong = {"login": mallory.username, "password": planted["wrong"]}
        expect(http.post("/api/v1/auth/jwt/create", json=wrong), 401)
        expect(http.get("/api/v1/posts", headers={"Cookie": f"session={planted['cookie']}"}), 200)
        http.get("/api/v1/posts", headers={"Authorization": f"Basic {planted['basic']}"})
        http.get("/api/v1/posts", headers={"Authorization": f"Bearer {planted['bearer']}"})
        http.get("/api/v1/posts", headers={"X-Api-Key": planted["header"]})
        for path in ("/api/v1/posts", "/api/v1/auth/users/me", "/api/v1/media", "/nowhere"):
            http.get(path, params={"token": planted["query"], "password": planted["query"], "code": planted["code"]})
        http.get(f"/api/v1/auth/password/reset/{planted['reset']}")
        http.post("/api/v1/auth/jwt/refresh", json={"refresh": planted["refresh"]})
        http.post("/api/v1/auth/jwt/refresh", content=f'{{"refresh": "{planted["torn"]}')
        http.post("/api/v1/posts", json={"title": "Sent by mistake", "password": planted["caption"]})
        app = json_of(http.post("/api/v2/me/totp", json={}), 200, 201)["secret"]
        http.post("/api/v2/me/totp/confirm", json={"code": planted["totp"]})
        _ask_what_is_none(base_url, planted["torn"])
        preview = _read_by_preview(mallory)
        made = json_of(http.post("/api/v2/me/tokens", json={"name": "script", "scopes": ["account"]}), 201)["token"]
        expect(http.get("/api/v2/me", headers={"Authorization": f"Bearer {made}"}), 200)
        changed = {"current_password": PASSWORD, "new_password": planted["new"]}
        expect(http.post("/api/v2/me/password", json=changed), 204)
        http.post("/api/v1/auth/users/reset_password", json={"email": email})
        last = expect(http.get("/api/v1/auth/users/me", headers={"X-Request-ID": f"last-{uuid.uuid4()}"}), 200)
        request_id = last.headers["X-Request-ID"]
        http.get("/api/v2/posts?mine=true", headers={"X-Request-ID": request_id})
    for process in ("gateway", "auth-web", "blog-web"):
        eventually(lambda process=process: platform.has_logged(process, request_id))  # type: ignore[misc]
    signature = tokens["access"].split(".")[2]
    return [*planted.values(), PASSWORD, email, made, preview, app, tokens["access"], tokens["refresh"], signature]


def _read_by_preview(author: Visitor) -> str:
    """The token of a link to a draft that was read by each of its addresses, and asked for when it had ended."""
    http = author.http
    post = json_of(http.post("/api/v1/posts", json={"title": "In confidence", "body": "Not yet."}), 201)
    links = f"/api/v2/posts/{post['id']}/preview-links"
    link = json_of(http.post(links, json={}), 201)
    token = str(link["url"]).rpartition("/")[2]
    addresses = [(f"/api/v2/previews/{token}", {}), (f"/api/previews/{token}", {"API-Version": "2"})]
    for path, headers in addresses:
        assert json_of(http.get(path, headers=headers), 200)["preview"] is True
        http.post(path, headers=headers)
    expect(http.delete(f"{links}/{link['id']}"), 204)
    for path, headers in addresses:
        expect(http.get(path, headers=headers), 404)
    expect(http.get(f"/api/v1/previews/{token}"), 404)
    return token


def _ask_what_is_none(base_url: str, secret: str) -> None:
    """Requests that no server can read, each with a secret where it ends to be one."""
    address = urlsplit(base_url)
    for request in (
        f"GET /api/v1/posts?token={secret} HTTP/9.9\r\n\r\n",
        f"GET /api/v1/posts HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer\x00{secret}\r\n\r\n",
        f"POST /api/v1/auth/jwt/create HTTP/1.1\r\nHost: here\r\nContent-Length: {secret}\r\n\r\n",
    ):
        with socket.create_connection((address.hostname or "", address.port or 80), timeout=30) as connection:
            connection.sendall(request.encode())
            assert connection.recv(1024).startswith((b"HTTP/1.1 4", b"HTTP/1.1 5"))


@pytest.fixture(scope="module")
def logs(platform: Platform, secrets: list[str]) -> list[Path]:
    return sorted((platform.folder / "log").iterdir())


def lines(file: Path) -> Iterator[str]:
    return (line for line in file.read_text().splitlines() if line)


def test_every_line_of_every_process_has_the_one_shape(logs: list[Path]) -> None:
    ours = [file for file in logs if file.name.partition(".")[0] not in OTHERS]
    assert {file.name.partition("-")[0].partition(".")[0] for file in ours} == {"auth", "blog", "media", "gateway"}
    assert {"auth-migrate.log", "media-demo.log", "blog-worker.log"} <= {file.name for file in ours}
    assert [f"{file.name}: {wrong}: {line}" for file in ours for line in lines(file) for wrong in faults(line)] == []


def faults(line: str) -> list[str]:
    try:
        return [error.message for error in SHAPE.iter_errors(json.loads(line))]
    except ValueError:
        return ["is no JSON"]


def test_nothing_that_was_said_in_confidence_is_in_any_log(logs: list[Path], secrets: list[str]) -> None:
    for file in logs:
        text = file.read_text(errors="replace")
        assert [secret for secret in secrets if secret in text] == [], file.name


@pytest.mark.usefixtures("secrets")  # or there is no platform of ours
def test_logs_of_a_request_are_shown_in_order_through_all_services(platform: Platform, stranger: Visitor) -> None:
    request_id = f"shown-{uuid.uuid4()}"
    expect(stranger.http.get(f"/api/v1/posts/{uuid.uuid4().hex}", headers={"X-Request-ID": request_id}), 404)
    for process in ("gateway", "blog-web"):
        eventually(lambda process=process: platform.has_logged(process, request_id))  # type: ignore[misc]

    def shown(*words: str) -> list[tuple[str, str]]:
        """The moment and the process of each line."""
        made = platform.make("logs", f"ID={request_id}", *words)
        assert made.returncode == 0, made.stdout + made.stderr
        return re.findall(r"^(\d\d:\d\d:\d\d\.\d{3}) \w+ +(\S+) ", made.stdout, re.MULTILINE)

    lines = shown()
    assert {process for _, process in lines} == {"gateway", "blog-web"}
    assert [moment for moment, _ in lines] == sorted(moment for moment, _ in lines)
    assert {process for _, process in shown("S=blog")} == {"blog-web"}
    assert shown("LEVEL=error") == []
