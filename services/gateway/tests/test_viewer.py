"""The page that reads and tries the API."""

import hashlib
import json
import re
from pathlib import Path

import httpx
from gateway_service.documents import viewer

FOLDER = Path(viewer.__file__).with_name("viewer")


def test_viewer_is_the_published_package() -> None:
    """``npm pack swagger-ui-dist@VERSION`` gives these files; the package.json beside them says which version."""
    told = json.loads((FOLDER / "package.json").read_text())["sha256"]
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in FOLDER.iterdir()}
    assert found.keys() - told.keys() == {"package.json"}
    assert {name: digest for name, digest in found.items() if name in told} == told


def test_page_loads_nothing_foreign(stranger: httpx.Client) -> None:
    page = stranger.get("/docs")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "frame-ancestors 'none'" in policy
    assert "<script>" not in page.text
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) == 7
    assert all(address.startswith("/") for address in loaded)
    for address in loaded:
        assert stranger.get(address).status_code == 200, address


def test_parts_are_kept_by_browsers_for_as_long_as_they_are_these(stranger: httpx.Client) -> None:
    (script,) = re.findall(r'src="(/docs/[^"]+bundle.js)"', stranger.get("/docs").text)
    answer = stranger.get(script)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["content-encoding"] in {"br", "zstd", "gzip"}
    assert (
        hashlib.sha256(answer.content).hexdigest()
        == hashlib.sha256((FOLDER / "swagger-ui-bundle.js").read_bytes()).hexdigest()
    )
    assert stranger.get(script.replace("bundle.js", "other.js")).status_code == 404
    assert stranger.get("/docs/0000000000000000/swagger-ui.css").status_code == 404


def test_tokens_stay_in_the_pages_memory(stranger: httpx.Client) -> None:
    start = stranger.get("/docs/start.js").text
    assert "persistAuthorization: false" in start
    assert "validatorUrl: null" in start
