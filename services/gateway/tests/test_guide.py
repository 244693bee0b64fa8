"""The pages for client developers, as the door serves them."""

import re
from html import unescape
from pathlib import Path

import httpx
from gateway_service.documents import guide_pages

GUIDE = "/docs/guide"
PACKAGED = Path(guide_pages.__file__).with_name("guide")
WRITTEN = Path(__file__).parents[3] / "docs/api"


def test_every_page_is_packaged() -> None:
    assert {page.name for page in PACKAGED.iterdir()} == {page.name for page in WRITTEN.iterdir()}


def test_every_page_is_found_from_the_viewer_and_says_where_it_is(stranger: httpx.Client) -> None:
    assert f'href="{GUIDE}"' in stranger.get("/docs").text
    index = stranger.get(GUIDE)
    assert index.headers["content-type"] == "text/html; charset=utf-8"
    addresses = re.findall(rf'href="({GUIDE}/[a-z-]+)"', index.text)
    assert len(addresses) > 8
    for address in addresses:
        page = stranger.get(address)
        assert page.status_code == 200, address
        assert f'href="{GUIDE}"' in page.text
        assert "127.0.0.1:8000" not in page.text
        assert ".md" not in "".join(re.findall(r'href="([^"]+)"', page.text)), address
    assert f"curl -s {stranger.base_url}/api/v2/me" in unescape(stranger.get(f"{GUIDE}/errors").text)


def test_what_is_no_page_is_not_found(stranger: httpx.Client) -> None:
    for path in (f"{GUIDE}/README", f"{GUIDE}/nothing"):
        assert stranger.get(path).status_code == 404, path


def test_page_runs_and_loads_nothing(stranger: httpx.Client) -> None:
    page = stranger.get(f"{GUIDE}/first-steps")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "<pre><code" in page.text
