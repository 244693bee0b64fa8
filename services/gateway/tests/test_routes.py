import httpx
import pytest
from gateway_service.testing.fake_upstream import Call, FakeUpstream


def test_listed_route_reaches_its_service_with_path_and_query(stranger: httpx.Client, blog: FakeUpstream) -> None:
    answer = stranger.get("/api/v1/posts?page=2&tag=a%20b&author=al%27ice")
    assert answer.status_code == 200
    assert answer.json()["target"] == "/api/v1/posts?page=2&tag=a%20b&author=al%27ice"
    assert len(blog.requests) == 1


def test_body_and_method_arrive(alice: httpx.Client) -> None:
    answer = alice.post("/api/v1/posts", json={"title": "First light"})
    assert answer.json()["method"] == "POST"
    assert answer.json()["body"] == '{"title":"First light"}'


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/v1",
        "/api/v1/nothing",
        "/internal/users",
        "/admin/",
        "/readyz",
        "/metrics",
        "/status",
        "/api/v1/posts/a/b/c",
        "/.well-known/openid-configuration",
        "/m/1",
        "/m/1/2/thumb/more",
        "/problems/no_such_code",
        "/docs/other.js",
        "/docs/viewer/package.json",
        "/openapi.json/more",
        "/.well-known/security.txt",
    ],
)
def test_unlisted_path_is_refused_and_not_forwarded(stranger: httpx.Client, blog: FakeUpstream, path: str) -> None:
    answer = stranger.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "route_unknown")
    assert not blog.requests


def test_refusal_is_a_problem(stranger: httpx.Client) -> None:
    answer = stranger.get("/api/v2/nothing", headers={"X-Request-ID": "caller-id-1"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-request-id"] == "caller-id-1"
    assert answer.headers["vary"] == "Origin"
    assert answer.headers["api-version"] == "2"
    body = answer.json()
    assert body["type"].endswith("/problems/route_unknown")
    assert body | {"type": ""} == {
        "type": "",
        "title": "There is no such route",
        "status": 404,
        "detail": body["detail"],
        "code": "route_unknown",
        "instance": "/api/v2/nothing",
        "request_id": "caller-id-1",
    }


def test_wrong_method_names_the_right_ones(alice: httpx.Client, blog: FakeUpstream) -> None:
    answer = alice.delete("/api/v1/posts")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert not blog.requests


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "M-SEARCH"])
def test_strange_method_is_not_allowed(stranger: httpx.Client, blog: FakeUpstream, method: str) -> None:
    assert stranger.request(method, "/api/v1/posts").status_code == 405
    assert not blog.requests


def test_head_is_forwarded_and_has_no_body(stranger: httpx.Client, blog: FakeUpstream) -> None:
    async def long(call: Call) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n")

    blog.handlers["/api/v1/tags"] = long
    answer = stranger.head("/api/v1/tags")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "12345", b"")
    assert blog.requests[0].method == "HEAD"


def test_options_is_answered_here(stranger: httpx.Client, blog: FakeUpstream) -> None:
    answer = stranger.options("/api/v1/posts/first-light")
    assert (answer.status_code, answer.headers["allow"]) == (204, "DELETE, GET, HEAD, OPTIONS, PATCH, PUT")
    assert "content-length" not in answer.headers
    assert not blog.requests


def test_options_tells_what_uploads_can_do(stranger: httpx.Client, media: FakeUpstream) -> None:
    answer = stranger.options("/api/v2/uploads")
    told = {name: value for name, value in answer.headers.items() if name.startswith("tus-")}
    assert told == {
        "tus-resumable": "1.0.0",
        "tus-version": "1.0.0",
        "tus-extension": "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination",
        "tus-max-size": "50000000",
        "tus-checksum-algorithm": "sha1,sha256",
    }
    assert not media.requests


@pytest.mark.parametrize("status", ["301 Moved", "304 Same", "404 Lost", "418 Teapot", "460 ", "500 Oops", "204 No"])
def test_answers_of_a_service_pass_untouched(stranger: httpx.Client, blog: FakeUpstream, status: str) -> None:
    async def handler(call: Call) -> None:
        body = b"" if status[:3] in {"204", "304"} else b"{}"
        framing = "" if status[:3] in {"204", "304"} else f"Content-Length: {len(body)}\r\n"
        head = f"HTTP/1.1 {status}\r\n{framing}Location: http://127.0.0.1:1/elsewhere\r\n\r\n"
        await call.send(head.encode() + body)

    blog.handlers["/api/v1/posts"] = handler
    answer = stranger.get("/api/v1/posts")
    assert answer.status_code == int(status[:3])
    assert answer.headers["location"] == "http://127.0.0.1:1/elsewhere"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert len(blog.requests) == 1


def test_fixed_segment_wins_over_a_field(stranger: httpx.Client, blog: FakeUpstream) -> None:
    assert stranger.get("/api/v2/posts/by-slug/first-light").status_code == 200
    assert stranger.get("/api/v2/posts/by-slug").status_code == 200
    assert [seen.target for seen in blog.requests] == ["/api/v2/posts/by-slug/first-light", "/api/v2/posts/by-slug"]


def test_picture_has_an_ending_or_none(stranger: httpx.Client, media: FakeUpstream) -> None:
    for name in ("thumb.webp", "thumb"):
        assert stranger.get(f"/m/0189/{name}").status_code == 200
    assert [request.target for request in media.requests] == ["/m/0189/thumb.webp", "/m/0189/thumb"]


def test_connections_to_a_service_are_used_again(alice: httpx.Client, blog: FakeUpstream) -> None:
    for number in range(20):
        assert alice.get(f"/api/v1/posts/{number}").status_code == 200
        assert alice.post("/api/v1/posts", json={}).status_code == 200
    assert blog.connections <= 2
