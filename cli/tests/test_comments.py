"""What `comments` and `posts` ask of a server, and what they tell of its answers; the server is one of the test."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from broadsheet_cli import sessions
from broadsheet_cli.main import app
from typer.testing import CliRunner, Result

SERVER = "https://news.example"
POST_ID = "01890000-0000-7000-8000-000000000001"
REPORTS = [{"reason": "an advertisement"}, {"reason": "off topic"}]


def comment(name: str, body: str = "Buy now") -> dict[str, Any]:
    said = {"body": body, "reports_count": 2, "reports": REPORTS}
    return {"id": name, "post_id": POST_ID, "author": {"username": "mallory"}, "state": "held"} | said


class Desk:
    """Two pages of comments, and one post; takes every decision unless ``refusal`` says no."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.comments = [comment("one"), comment("two")]
        self.refusal: httpx.Response | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v2")
        query = dict(request.url.params)
        self.asked.append(f"{request.method} {path} {json.dumps(query, sort_keys=True)}")
        if self.refusal:
            return self.refusal
        if request.method == "DELETE":
            return httpx.Response(204)
        if request.method == "POST":
            return httpx.Response(200, json=self.comments[0] | {"state": path.rpartition("/")[2]})
        if path == "/posts/by-slug/harbour":
            return httpx.Response(200, json={"id": POST_ID, "slug": "harbour"})
        if path == "/posts":
            post = {"slug": "harbour", "title": "Harbour", "status": "draft", "updated_at": "2026-12-01T00:00:00Z"}
            return httpx.Response(200, json={"items": [post], "next_cursor": None})
        place = int(query.get("cursor", "0"))
        after = str(place + 1) if place + 1 < len(self.comments) else None
        return httpx.Response(200, json={"items": self.comments[place : place + 1], "next_cursor": after})


@pytest.fixture
def desk() -> Desk:
    return Desk()


Run = Callable[..., Result]


@pytest.fixture
def run(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("BROADSHEET_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("BROADSHEET_KEYRING", "off")
    monkeypatch.setenv("BROADSHEET_SERVER", SERVER)
    monkeypatch.setenv("BROADSHEET_TOKEN", "bsp_any")
    monkeypatch.setenv("COLUMNS", "1000")  # a row is one line
    server = httpx.MockTransport(desk)
    monkeypatch.setattr(
        sessions, "client", lambda address: httpx.Client(base_url=f"{address}/api/v2", transport=server)
    )

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(app, arguments)
        assert not result.exception or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def test_all_that_waits_is_listed_with_its_reasons(run: Run, desk: Desk) -> None:
    told = run("comments", "review").stdout
    rest = [POST_ID, "mallory", "held", "2"]
    assert [line.split()[:5] for line in told.splitlines()[1:]] == [["one", *rest], ["two", *rest]]
    assert told.count("an advertisement; off topic") == 2
    first, second = ({"limit": "100", "status": "held,reported"} | more for more in ({}, {"cursor": "1"}))
    assert desk.asked == [f"GET /comments {json.dumps(asked, sort_keys=True)}" for asked in (first, second)]


def test_programs_are_told_what_waits_as_the_server_says_it(run: Run, desk: Desk) -> None:
    assert json.loads(run("--json", "comments", "review").stdout) == desk.comments


@pytest.mark.parametrize("named", ["harbour", POST_ID])
def test_one_post_is_reviewed_by_its_slug_or_id(run: Run, desk: Desk, named: str) -> None:
    assert run("comments", "review", "--post", named, "--status", "removed").exit_code == 0
    asked = {"limit": "100", "post_id": POST_ID, "status": "removed"}
    assert f"GET /comments {json.dumps(asked, sort_keys=True)}" in desk.asked


@pytest.mark.parametrize(("verdict", "done"), [("approve", "Approved."), ("hold", "Held."), ("reject", "Rejected.")])
def test_a_comment_is_decided_about_once(run: Run, desk: Desk, verdict: str, done: str) -> None:
    result = run("comments", verdict, "one")
    assert (result.exit_code, result.stdout.strip()) == (0, done)
    assert desk.asked == [f"POST /comments/one/{verdict} {{}}"]
    assert json.loads(run("--json", "comments", verdict, "one").stdout)["state"] == verdict


def test_a_comment_is_removed(run: Run, desk: Desk) -> None:
    assert run("comments", "remove", "one").stdout.strip() == "Removed."
    assert desk.asked == ["DELETE /comments/one {}"]


@pytest.mark.parametrize(
    ("status", "code"), [(403, "moderator_needed"), (403, "not_the_author"), (404, "comment_not_found")]
)
def test_a_decision_that_is_refused_says_why(run: Run, desk: Desk, status: int, code: str) -> None:
    desk.refusal = httpx.Response(status, json={"code": code, "title": "No.", "detail": "Ask a moderator."})
    result = run("comments", "approve", "one")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Ask a moderator." in result.stderr
    assert json.loads(run("--json", "comments", "approve", "one").stdout)["error"]["code"] == code


@pytest.mark.parametrize("command", [("review",), ("list", POST_ID)])
@pytest.mark.parametrize("body", ["a [/b] c", "[red]not red[/red]", "[link=https://evil.example]here[/link]"])
def test_what_strangers_say_is_shown_as_they_said_it(run: Run, desk: Desk, command: tuple[str, ...], body: str) -> None:
    desk.comments = [comment("one", body)]
    assert body in run("comments", *command).stdout


def test_what_strangers_say_is_no_command_to_the_terminal(run: Run, desk: Desk) -> None:
    desk.comments = [comment("one", "a \x1b[2J\x9b31m b")]
    assert "a \ufffd[2J\ufffd31m b" in run("comments", "review").stdout


@pytest.mark.parametrize("detail", ["a [/b] c", "[link=https://evil.example]here[/link]", ":boom:"])
def test_what_a_server_says_is_shown_as_it_said_it(run: Run, desk: Desk, detail: str) -> None:
    desk.refusal = httpx.Response(403, json={"code": "not_the_author", "detail": detail})
    assert run("comments", "approve", "one").stderr == f"not_the_author {detail}\n"


@pytest.mark.parametrize(("options", "more"), [((), {}), (("--status", "draft,waiting"), {"status": "draft,waiting"})])
def test_posts_are_listed_by_status_where_one_is_named(
    run: Run, desk: Desk, options: tuple[str, ...], more: dict[str, str]
) -> None:
    assert "Harbour" in run("posts", *options).stdout
    asked = {"fields": "slug,title,status,updated_at", "limit": "100", "mine": "true"} | more
    assert desk.asked == [f"GET /posts {json.dumps(asked, sort_keys=True)}"]
