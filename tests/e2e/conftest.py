"""The platform the stories are told to: one that is given by BASE_URL, or one of our own in each mode."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.testing.local_server import LocalServer
from playwright.sync_api import Browser, Page, expect

from tests.support.api import Visitor
from tests.support.browser import chromium, complaints, empty_pages
from tests.support.photographs import photograph
from tests.support.platform import Platform
from tests.support.programs import npm_install
from tests.support.studio import log_in

MODES = ["embedded", "servers"]
GIVEN = os.environ.get("BASE_URL")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "platform" in metafunc.fixturenames:
        asked = metafunc.config.getoption("mode")
        modes = ["given"] if GIVEN else [asked] if asked else MODES
        metafunc.parametrize("platform", modes, indirect=True, scope="session")


@pytest.fixture(scope="session")
def front_end() -> Iterator[LocalServer]:
    """An empty page of a front end's, on the API's site, which may log in by cookie."""
    with empty_pages() as server:
        yield server


@pytest.fixture(scope="session")
def reader() -> Iterator[LocalServer]:
    """An empty page, on the API's site, which may read what everybody may."""
    with empty_pages() as server:
        yield server


@pytest.fixture(scope="session")
def platform(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    front_end: LocalServer,
    reader: LocalServer,
) -> Iterator[Platform | None]:
    """Our own platform; None when one was given."""
    if GIVEN:
        yield None
        return
    platform = Platform(tmp_path_factory.mktemp("platform"), request.param)
    platform.settings |= {"COOKIE_ORIGINS": front_end.url, "GATEWAY_CORS_ORIGINS": reader.url}
    with platform:
        yield platform


@pytest.fixture(scope="session")
def base_url(platform: Platform | None) -> str:
    return platform.base_url if platform else str(GIVEN)


@pytest.fixture
def own_platform(platform: Platform | None) -> Platform:
    """For stories that look behind the gateway, which a given platform does not allow."""
    if platform is None:
        pytest.skip("the platform at BASE_URL shows no logs and no processes")
    return platform


@pytest.fixture
def stranger(base_url: str) -> Iterator[Visitor]:
    with Visitor(base_url) as visitor:
        yield visitor


@pytest.fixture(scope="session")
def alice(base_url: str) -> Iterator[Visitor]:
    with Visitor(base_url) as visitor:
        yield visitor.register("alice")


@pytest.fixture(scope="session")
def bob(base_url: str) -> Iterator[Visitor]:
    with Visitor(base_url) as visitor:
        yield visitor.register("bob")


@pytest.fixture(autouse=True)
def long_stories(request: pytest.FixtureRequest) -> None:
    """Have alice and bob, who are in all stories, log in again before their tokens end."""
    for name in {"alice", "bob"} & set(request.fixturenames):
        request.getfixturevalue(name).stay()


@pytest.fixture(scope="session")
def picture(alice: Visitor) -> dict[str, object]:
    """A 12-megapixel photograph alice has uploaded, with the place where it was taken."""
    answer = alice.upload(photograph(4000, 3000, seed=alice.username))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of somebody who was never here: no cookies, nothing stored."""
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture
def erin(base_url: str) -> Iterator[Visitor]:
    """An author whom no other test knows."""
    with Visitor(base_url) as visitor:
        yield visitor.register("erin")


@pytest.fixture
def studio(page: Page, base_url: str, erin: Visitor) -> Iterator[Page]:
    """The studio with Erin in it; at the end nothing has broken the page's own rules."""
    said = complaints(page)
    page.goto(f"{base_url}/studio")
    log_in(page, erin)
    expect(page.get_by_role("heading", name="Posts")).to_be_visible()
    yield page
    assert [text for text in said if not text.startswith("Failed to load resource")] == []


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The program that finds barriers, from its lock."""
    folder = tmp_path_factory.mktemp("axe")
    npm_install(Path(__file__).parent / "axe", folder)
    return (folder / "node_modules/axe-core/axe.min.js").read_text()
