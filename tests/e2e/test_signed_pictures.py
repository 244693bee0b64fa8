"""Pictures at signed addresses, through the gateway: private ones by links that end, and sizes that sites sign."""

import io
import re

import httpx
import pytest
from PIL import Image

from tests.support.api import Json, Visitor, expect, json_of
from tests.support.photographs import photograph
from tests.support.platform import Platform
from tests.support.signers import CALLS, signer
from tests.support.waiting import eventually


@pytest.fixture
def asset(alice: Visitor, request: pytest.FixtureRequest) -> Json:
    """A picture of alice's own, ready, as v2 tells of it."""
    uploaded = json_of(alice.upload(photograph(400, 300, seed=request.node.name)), 201)
    alice.wait_for_picture(uploaded["urls"]["thumb"])
    return json_of(alice.http.get(f"/api/v2/assets/{uploaded['id']}"), 200)


def change(alice: Visitor, asset: Json, **fields: str) -> None:
    path = f"/api/v2/assets/{asset['id']}"
    tag = expect(alice.http.get(path), 200).headers["etag"]
    expect(alice.http.patch(path, json=fields, headers={"If-Match": tag}), 200)


def link(alice: Visitor, asset: Json, **asked: object) -> str:
    return str(json_of(alice.http.post(f"/api/v2/assets/{asset['id']}/links", json=asked), 201)["url"])


def test_private_picture_is_had_by_its_links_until_they_end(alice: Visitor, stranger: Visitor, asset: Json) -> None:
    change(alice, asset, visibility="private")
    eventually(lambda: stranger.http.get(asset["urls"]["original"]).status_code == 404)
    lasting, brief = link(alice, asset, expires_in=600), link(alice, asset, expires_in=2, preset="thumb")
    whole = expect(stranger.http.get(lasting), 200)
    assert whole.headers["cache-control"] == "private, no-store"
    part = stranger.http.get(lasting, headers={"Range": "bytes=5-14"})
    assert (part.status_code, part.content) == (206, whole.content[5:15])
    eventually(lambda: stranger.http.get(brief).status_code == 404)
    changed = lasting.replace("original", "thumb")
    assert expect(stranger.http.get(changed), 403).json()["code"] == "signature_invalid"
    expect(alice.http.delete(f"/api/v1/media/{asset['id']}"), 204)
    expect(stranger.http.get(lasting), 404)


@pytest.mark.parametrize("language", CALLS)
def test_picture_is_drawn_as_a_site_has_signed(
    own_platform: Platform, stranger: Visitor, asset: Json, language: str
) -> None:
    path = signer(language)(_key(own_platform), asset["id"], asset["sha256"], "resize:fill:50:50", "jpg")
    drawn = eventually(lambda: _if_made(stranger.http.get(path)))
    assert Image.open(io.BytesIO(drawn.content)).size == (50, 50)
    assert drawn.headers["cache-control"].startswith("public")
    expect(stranger.http.get(path.replace("50:50", "51:51")), 403)


def _key(platform: Platform) -> str:
    """What `broadsheet media signing-key` prints there."""
    printed = platform.make("shell", "S=media", typed="from media_service import commands; commands.signing_key([])\n")
    (key,) = re.findall(r"\b[0-9a-f]{64}\b", printed.stdout)
    return str(key)


def _if_made(answer: httpx.Response) -> httpx.Response | None:
    return expect(answer, 200) if answer.status_code != 202 else None
