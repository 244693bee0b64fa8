import signal
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.testing.running import Running, eventually


@pytest.mark.parametrize(
    ("path", "headers", "version"),
    [
        ("/api/v1/posts", {}, "1"),
        ("/api/v2/posts", {}, "2"),
        ("/api/posts", {}, "1"),
        ("/api/posts", {"API-Version": "2"}, "2"),
        ("/api/posts", {"Accept": "application/vnd.broadsheet+json; version=2"}, "2"),
        ("/api/posts", {"Accept": "text/html, application/vnd.broadsheet+json;version=2;q=0.9"}, "2"),
        ("/api/posts", {"Accept": "application/json"}, "1"),
        ("/api/posts", {"API-Version": "2", "Accept": "application/vnd.broadsheet+json; version=1"}, "2"),
        ("/api/v1/posts", {"API-Version": "2"}, "1"),
        ("/api/v1/posts", {"API-Version": "99"}, "1"),
        ("/api/posts/", {"API-Version": "2"}, "2"),
    ],
)
def test_version_is_chosen(
    stranger: httpx.Client, blog: FakeUpstream, path: str, headers: dict[str, str], version: str
) -> None:
    answer = stranger.get(path, headers=headers)
    assert answer.headers["api-version"] == version
    assert blog.requests[0].target == f"/api/v{version}/posts"
    assert "api-version" not in blog.requests[0].names()


@pytest.mark.parametrize(
    ("accept", "passed"),
    [
        ("application/vnd.broadsheet+json; version=2", "application/json"),
        ('Application/vnd.Broadsheet+JSON;version="2"', "application/json"),
        ("application/vnd.broadsheet+json", "application/json"),
        ("text/html, application/vnd.broadsheet+json;version=2;q=0.9", "text/html, application/json;q=0.9"),
        ("application/json;q=0.5, */*;q=0.1", "application/json;q=0.5, */*;q=0.1"),
    ],
)
def test_media_type_that_names_a_version_is_json_to_the_services(
    stranger: httpx.Client, blog: FakeUpstream, accept: str, passed: str
) -> None:
    for path in ("/api/posts", "/api/v1/posts"):
        stranger.get(path, headers={"Accept": accept})
        assert blog.requests[-1].header("accept") == passed


def test_choice_by_header_is_told_to_caches(stranger: httpx.Client) -> None:
    assert stranger.get("/api/posts").headers["vary"] == "Accept, Accept-Encoding, Origin, API-Version"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/api/v3/posts", {}, 404),
        ("/api/v01/posts", {}, 404),
        ("/api/v99999999999/x", {}, 404),
        ("/api/posts", {"API-Version": "3"}, 406),
        ("/api/posts", {"API-Version": "two"}, 406),
        ("/api/posts", {"Accept": "application/vnd.broadsheet+json; version=7"}, 406),
    ],
)
def test_unknown_version_lists_the_supported_ones(
    stranger: httpx.Client, blog: FakeUpstream, path: str, headers: dict[str, str], status: int
) -> None:
    answer = stranger.get(path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, "version_unknown")
    assert answer.json()["supported"] == ["1", "2"]
    assert answer.headers["api-version"] == "1"
    assert not blog.requests


def test_paths_outside_the_api_have_no_version(stranger: httpx.Client) -> None:
    assert "api-version" not in stranger.get("/m/0189/thumb.webp").headers
    assert "api-version" not in stranger.get("/nothing").headers
    assert not {"api-version", "ratelimit"} & stranger.get("/apiary").headers.keys()


def test_version_lives_until_it_is_gone(
    configured: Callable[..., Running], tmp_path: Path, blog: FakeUpstream, auth: FakeUpstream
) -> None:
    """Current, then deprecated with a date for its end, then gone; the gateway serves on through all of it."""
    running = configured()
    file = tmp_path / "gateway.yaml"
    text = file.read_text()

    def live(life: str, default: str) -> None:
        file.write_text(text.replace('"1": {}', f'"1": {life}').replace('default: "1"', f'default: "{default}"'))
        running.process.send_signal(signal.SIGHUP)

    with httpx.Client(base_url=running.url) as client:
        assert not {"deprecation", "sunset", "link"} & client.get("/api/v1/posts").headers.keys()

        live("{deprecated: 2026-01-01T00:00:00Z, sunset: 2099-06-30T12:00:00Z, successor: /api/v2}", "1")
        eventually(lambda: "deprecation" in client.get("/api/v1/posts").headers)
        for path, status in (("/api/v1/posts", 200), ("/api/posts", 200), ("/api/v1/auth/users/me", 401)):
            answer = client.get(path)
            assert answer.status_code == status
            assert answer.headers["deprecation"] == "@1767225600"
            assert answer.headers["sunset"] == "Tue, 30 Jun 2099 12:00:00 GMT"
            assert answer.headers["link"] == '</api/v2>; rel="successor-version"'
        assert "deprecation" not in client.get("/api/v2/posts").headers
        assert state_of(client, "1") == "deprecated"

        live("{deprecated: 2020-01-01T00:00:00Z, sunset: 2021-01-01T00:00:00Z, successor: /api/v2}", "2")
        eventually(lambda: client.get("/api/v1/posts").status_code == 410)
        blog.requests.clear()
        for method, path in (
            ("GET", "/api/v1/posts/first-light"),
            ("POST", "/api/v1/posts"),
            ("PUT", "/api/v1/nothing"),
        ):
            answer = client.request(method, path, headers={"Origin": "http://localhost:3000"})
            told = answer.json()
            assert (answer.status_code, told["code"], told["supported"]) == (410, "version_sunset", ["2"])
            assert told["detail"] == "Version 1 is no longer served: go on at /api/v2."
            assert answer.headers["link"] == '</api/v2>; rel="successor-version"'
            assert {"Deprecation", "Sunset"} <= set(answer.headers["access-control-expose-headers"].split(", "))
        assert not blog.requests
        assert client.get("/api/posts").headers["api-version"] == "2"
        assert client.get("/api/posts", headers={"API-Version": "1"}).status_code == 410
        assert state_of(client, "1") == "ended"


def state_of(client: httpx.Client, version: str) -> str:
    told = client.get("/", headers={"Accept": "application/json"}).json()["versions"]
    return str(next(each["state"] for each in told if each["version"] == version))
