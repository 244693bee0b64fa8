"""A platform whose pictures have an origin of their own: ``localhost``, where the API is at 127.0.0.1."""

from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from playwright.sync_api import Browser

from tests.support.api import Visitor, expect, json_of
from tests.support.photographs import photograph
from tests.support.platform import Platform


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("apart"))
    platform.settings["PICTURES_URL"] = platform.base_url.replace("127.0.0.1", "localhost")
    with platform:
        yield platform


def test_pictures_are_shown_at_their_origin_alone(apart: Platform, browser: Browser) -> None:
    pictures = apart.settings["PICTURES_URL"]
    with Visitor(apart.base_url) as alice, Visitor(apart.base_url) as stranger:
        alice.register("alice")
        asset = json_of(alice.upload(photograph(400, 300, seed="apart")), 201)
        assert {url.partition("/m/")[0] for url in asset["urls"].values()} == {pictures}
        alice.wait_for_picture(asset["urls"]["thumb"])
        post = alice.publish(alice.create_post(title="Apart", images=[{"media": asset["id"]}])["slug"])

        shown = expect(stranger.http.get(asset["urls"]["thumb"]), 200)
        assert not SimpleCookie(shown.headers.get("set-cookie", ""))
        elsewhere = stranger.http.get(asset["urls"]["thumb"].replace(pictures, apart.base_url), follow_redirects=False)
        assert (elsewhere.status_code, elsewhere.headers["location"]) == (308, asset["urls"]["thumb"])
        refused = expect(stranger.http.get(f"{pictures}/api/v1/posts"), 404)
        assert refused.json()["code"] == "route_unknown"
        _page_shows_it(browser, f"{apart.base_url}/posts/{post['slug']}", pictures)


def _page_shows_it(browser: Browser, page_url: str, pictures: str) -> None:
    with browser.new_context() as context:
        context.add_cookies([{"name": "session", "value": "secret", "url": page_url}])
        page = context.new_page()
        asked: dict[str, str] = {}
        page.on("request", lambda request: asked.update({request.url: request.all_headers().get("cookie", "")}))
        page.goto(page_url, wait_until="networkidle")
        own = {url: cookie for url, cookie in asked.items() if "/m/" in url}
        assert own
        assert all(url.startswith(pictures) and not cookie for url, cookie in own.items()), own
        assert asked[page_url] == "session=secret"
        assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
