"""Pictures at a host of their own: nothing else is there, and no cookie."""

from collections.abc import Callable

import pytest
from gateway_service.config import Route
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.testing.raw_http import exchange, get
from gateway_service.testing.running import Running
from pydantic import ValidationError

HOST = "pictures.example"
PICTURES = f"https://{HOST}"
PICTURE = "/m/9f8b/1/thumb.webp"
LINKED = ("/m/9f8b/thumb", "/l/k1.a.b/original", "/i/k1.a.b/resize:fit:8:8/ab.webp")


@pytest.fixture
def running(start_gateway: Callable[..., Running]) -> Running:
    running = start_gateway(
        ENVIRONMENT="production",
        GATEWAY_CLIENT_SECRET="t" * 40,
        PUBLIC_URL="https://broadsheet.example",
        PICTURES_URL=PICTURES,
        COOKIE_ORIGINS="https://app.broadsheet.example",
    )
    running.wait_until_ready()
    return running


def test_host_of_pictures_has_pictures_alone(running: Running, media: FakeUpstream, blog: FakeUpstream) -> None:
    for path in (PICTURE, *LINKED):
        assert exchange(running.port, get(path, host=HOST)).status == 200, path
    for path in (
        "/",
        "/api/v1/posts",
        "/api/v1/media",
        "/docs",
        "/studio",
        "/openapi.json",
        "/posts",
        "/rss.xml",
        "/x",
    ):
        answer = exchange(running.port, get(path, host=f"{HOST.upper()}:443"))
        assert (answer.status, b'"route_unknown"' in answer.body) == (404, True), path
    for path in ("/api/v2/sessions", "/realworld/api/users/login"):
        assert exchange(running.port, get(path, method="POST", host=HOST)).status == 404
    assert exchange(running.port, get("/livez", host=HOST)).status == 200
    assert not blog.requests
    assert len(media.requests) == 1 + len(LINKED)


def test_refusal_there_is_no_page(running: Running) -> None:
    """Its links would lead to nothing, and the host shows no page at all."""
    for path in ("/", "/docs", "/m/9f8b/1/../x"):
        answer = exchange(running.port, get(path, "Accept: text/html,*/*;q=0.8", host=HOST))
        assert "content-type: application/problem+json" in answer.head, path
    page = exchange(running.port, get("/nothing", "Accept: text/html", host="broadsheet.example"))
    assert "content-type: text/html" in page.head


def test_no_cookie_goes_in_or_out_there(running: Running, media: FakeUpstream) -> None:
    media.handlers[PICTURE] = _sets_a_cookie
    answer = exchange(running.port, get(PICTURE, "Cookie: __Host-refresh=secret", host=HOST))
    assert answer.status == 200
    assert "set-cookie" not in answer.head
    assert "secret" not in str(media.requests[0].headers)


def test_pages_of_any_origin_read_there_without_credentials(running: Running) -> None:
    for origin in ("https://app.broadsheet.example", "https://anybody.example", "null"):
        head = exchange(running.port, get(PICTURE, f"Origin: {origin}", host=HOST)).head
        assert "access-control-allow-origin: *" in head
        assert "access-control-allow-credentials" not in head


def test_addresses_elsewhere_lead_there(running: Running, media: FakeUpstream) -> None:
    for path in (PICTURE, *LINKED):
        answer = exchange(running.port, get(f"{path}?a=1", host="broadsheet.example"))
        assert answer.status == 308
        assert f"location: {PICTURES}{path}?a=1" in answer.head.split("\r\n")
        kept = "public, max-age=3600" if path.startswith("/m/") else "no-store"  # a secret that may end
        assert f"cache-control: {kept}" in answer.head.split("\r\n")
    assert exchange(running.port, get(PICTURE, method="HEAD", host="broadsheet.example")).status == 308
    assert exchange(running.port, get(PICTURE, method="POST", host="broadsheet.example")).status == 405
    assert not media.requests
    assert exchange(running.port, get("/api/v1/posts", host="broadsheet.example")).status == 200


def test_hosts_of_before_go_on_with_pictures_alone(start_gateway: Callable[..., Running], media: FakeUpstream) -> None:
    """After another name, and after the setting was taken back: what caches keep of redirects ends there as well."""
    for own, elsewhere in (({"PICTURES_URL": PICTURES}, 308), ({}, 200)):
        running = start_gateway(
            ENVIRONMENT="production",
            GATEWAY_CLIENT_SECRET="t" * 40,
            PUBLIC_URL="https://broadsheet.example",
            GATEWAY_PICTURES_HOSTS="Former.example, new.example",
            **own,
        )
        running.wait_until_ready()
        for host in ("former.example", "new.example:443"):
            answer = exchange(running.port, get(PICTURE, "Origin: null", host=host))
            assert (answer.status, "access-control-allow-origin: *" in answer.head) == (200, True)
            for path in ("/", "/api/v1/posts"):
                assert exchange(running.port, get(path, host=host)).status == 404
        assert exchange(running.port, get(PICTURE, host="broadsheet.example")).status == elsewhere
        assert exchange(running.port, get("/api/v1/posts", host="broadsheet.example")).status == 200


def test_other_hosts_stay_unknown(running: Running) -> None:
    assert exchange(running.port, get(PICTURE, host=f"x.{HOST}")).status == 421


def test_pictures_are_beside_all_else_unless_that_is_set(gateway: Running, media: FakeUpstream) -> None:
    assert exchange(gateway.port, get(PICTURE, host="any.example")).status == 200
    assert media.requests


def test_route_of_pictures_has_no_cookies_and_no_writes() -> None:
    route = {"path": "/m/{id}/{preset}", "upstream": "media", "pictures": True, "methods": {"GET": None}}
    assert Route.model_validate(route).pictures
    for change in ({"cookies": True}, {"methods": {"GET": None, "POST": "required"}}):
        with pytest.raises(ValidationError, match="never have cookies"):
            Route.model_validate(route | change)


async def _sets_a_cookie(call: Call) -> None:
    await call.answer(b"picture", headers=("Content-Type: image/webp", "Set-Cookie: a=b"))
