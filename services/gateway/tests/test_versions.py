from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.testing.running import Running


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


def test_old_version_announces_its_end(
    start_gateway: Callable[..., Running], configuration: Path, tmp_path: Path, blog: FakeUpstream
) -> None:
    old = "{deprecated: 2026-01-01T00:00:00Z, sunset: 2099-06-30T12:00:00Z, successor: /api/v2}"
    path = tmp_path / "old.yaml"
    path.write_text(configuration.read_text().replace('"1": {}', f'"1": {old}'))
    running = start_gateway(GATEWAY_CONFIG=str(path))
    running.wait_until_ready()
    answer = httpx.get(f"{running.url}/api/v1/posts")
    assert answer.status_code == 200
    assert answer.headers["deprecation"] == "@1767225600"
    assert answer.headers["sunset"] == "Tue, 30 Jun 2099 12:00:00 GMT"
    assert answer.headers["link"] == '</api/v2>; rel="successor-version"'
    assert "deprecation" not in httpx.get(f"{running.url}/api/v2/posts").headers


def test_ended_version_is_gone(
    start_gateway: Callable[..., Running], configuration: Path, tmp_path: Path, blog: FakeUpstream
) -> None:
    ended = "{deprecated: 2020-01-01T00:00:00Z, sunset: 2021-01-01T00:00:00Z, successor: /api/v2}"
    path = tmp_path / "ended.yaml"
    path.write_text(
        configuration.read_text().replace('"1": {}', f'"1": {ended}').replace('default: "1"', 'default: "2"')
    )
    running = start_gateway(GATEWAY_CONFIG=str(path))
    running.wait_until_ready()
    answer = httpx.get(f"{running.url}/api/v1/posts")
    assert (answer.status_code, answer.json()["code"]) == (410, "version_sunset")
    assert answer.json()["supported"] == ["2"]
    assert not blog.requests
    assert httpx.get(f"{running.url}/api/posts").headers["api-version"] == "2"
