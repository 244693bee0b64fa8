"""Pictures as the public fetches them."""

from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import httpx
import pytest
from media_service.decoding.answers import Undecodable
from media_service.decoding.decoder import Decoder
from media_service.testing.drawn import encoded, exif, jpeg, opened, photographed, picture
from media_service.testing.people import Json, Person

LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"


@pytest.fixture
async def asset(alice: Person, render: Any) -> Json:
    """A picture of alice's that is ready."""
    asset = await alice.has_uploaded(encoded(photographed(picture(1000, 800)), exif=exif()))
    render(asset)
    return asset


async def test_a_rendition_is_promised_until_it_is_made(alice: Person, charlie: Person, render: Any) -> None:
    asset = await alice.has_uploaded(jpeg())
    for method in ("GET", "HEAD"):
        answer = await charlie.send(method, asset["urls"]["thumb"])
        assert (answer.status_code, answer.content) == (202, b"")
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["cache-control"] == "no-store"
    render(asset)
    assert (await charlie.get(asset["urls"]["thumb"])).status_code == 200
    assert (await alice.get(f"/api/v1/media/{asset['id']}")).json()["status"] == "ready"


@pytest.mark.parametrize(("preset", "size"), [("thumb", (320, 256)), ("medium", (800, 640)), ("large", (1000, 800))])
async def test_three_sizes_can_be_had(charlie: Person, asset: Json, preset: str, size: tuple[int, int]) -> None:
    answer = await charlie.get(asset["urls"][preset])
    image = opened(answer.content)
    assert (answer.headers["content-type"], image.format, image.size) == ("image/webp", "WEBP", size)
    assert dict(image.getexif()) == {}
    assert b"Box Camera" not in answer.content


@pytest.mark.parametrize("name", ["thumb", "original"])
async def test_a_picture_is_kept_for_a_while_and_can_do_no_harm(charlie: Person, asset: Json, name: str) -> None:
    answer = await charlie.get(asset["urls"][name])
    headers = answer.headers
    assert headers["cache-control"] == "public, max-age=86400, s-maxage=3600"
    assert headers["cache-tag"] == headers["surrogate-key"] == asset["id"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["content-disposition"].startswith(f'inline; filename="{asset["id"]}')
    assert headers["etag"].startswith('"')
    assert headers["content-length"] == str(len(answer.content))
    assert headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    "path",
    ["huge.webp", "thumb.jpeg", "thumb.webp.webp", "original.png", "original.webp", "..webp", "original", "huge"],
)
async def test_other_names_are_not_found(charlie: Person, asset: Json, path: str) -> None:
    answer = await charlie.get(f"/m/{asset['id']}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_failed_rendition_says_so_and_the_original_stays(
    alice: Person, charlie: Person, render: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise Undecodable("out of colours")

    asset = await alice.has_uploaded(jpeg())
    monkeypatch.setattr(Decoder, "render", refuse)
    render(asset)
    answer = await charlie.get(asset["urls"]["thumb"])
    assert (answer.status_code, answer.json()["code"]) == (404, "rendition_failed")
    assert (await charlie.get(asset["urls"]["original"])).status_code == 200
    assert (await alice.get(f"/api/v1/media/{asset['id']}")).json()["status"] == "failed"


async def test_a_known_version_is_not_sent_again(charlie: Person, asset: Json) -> None:
    url = asset["urls"]["thumb"]
    whole = await charlie.get(url)
    etag, modified = whole.headers["etag"], whole.headers["last-modified"]
    for headers in ({"if_none_match": etag}, {"if_none_match": f'W/{etag}, "x"'}, {"if_none_match": "*"},
                    {"if_modified_since": modified}):  # fmt: skip
        answer = await charlie.get(url, **headers)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    other = {"if_none_match": '"x"'}
    for headers in (other, other | {"if_modified_since": modified}, {"if_modified_since": LONG_AGO},
                    {"if_modified_since": "yesterday"}):  # fmt: skip
        assert (await charlie.get(url, **headers)).content == whole.content


@pytest.mark.parametrize("public", [True, False])
async def test_a_part_can_be_had(alice: Person, asset: Json, public: bool) -> None:
    url = asset["urls"]["original"] if public else f"/api/v1/media/{asset['id']}/content"
    whole = await alice.get(url)
    size, etag = len(whole.content), whole.headers["etag"]
    for header, part in (("bytes=0-9", slice(0, 10)), ("bytes=100-", slice(100, None)), ("bytes=-7", slice(-7, None))):
        for condition in ({}, {"if_range": etag}, {"if_range": whole.headers["last-modified"]}):
            answer = await alice.get(url, range=header, **condition)
            expected = whole.content[part]
            assert (answer.status_code, answer.content) == (206, expected)
            start = size - len(expected) if part.start < 0 or part.stop is None else part.start
            assert answer.headers["content-range"] == f"bytes {start}-{start + len(expected) - 1}/{size}"
            assert answer.headers["content-length"] == str(len(expected))


async def test_several_parts_can_be_had(charlie: Person, asset: Json) -> None:
    url = asset["urls"]["original"]
    whole = await charlie.get(url)
    answer = await charlie.get(url, range="bytes=0-9,100-199,-7", if_range=whole.headers["etag"])
    assert answer.status_code == 206
    assert answer.headers["content-length"] == str(len(answer.content))
    kind = answer.headers["content-type"]
    assert kind.startswith("multipart/byteranges; boundary=")
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + answer.content)
    parts = list(message.iter_parts())
    size = len(whole.content)
    assert [part["Content-Range"] for part in parts] == [
        f"bytes {first}-{last}/{size}" for first, last in ((0, 9), (100, 199), (size - 7, size - 1))
    ]
    assert {part.get_content_type() for part in parts} == {"image/jpeg"}
    assert [part.get_payload(decode=True) for part in parts] == [
        whole.content[:10],
        whole.content[100:200],
        whole.content[-7:],
    ]


async def test_parts_that_are_too_many_or_overlap_are_the_whole(charlie: Person, asset: Json) -> None:
    url = asset["urls"]["original"]
    whole = await charlie.get(url)
    for asked in ("bytes=0-9,5-20", "bytes=0-,0-", "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 40, 2))):
        answer = await charlie.get(url, range=asked)
        assert (answer.status_code, answer.content) == (200, whole.content)


async def test_a_part_of_another_version_is_the_whole(charlie: Person, asset: Json) -> None:
    url = asset["urls"]["thumb"]
    whole = await charlie.get(url)
    weak = f"W/{whole.headers['etag']}"
    for condition in ('"other"', weak, LONG_AGO):
        answer = await charlie.get(url, range="bytes=0-9", if_range=condition)
        assert (answer.status_code, answer.content) == (200, whole.content)


async def test_a_part_beyond_the_end_is_refused(charlie: Person, asset: Json) -> None:
    answer = await charlie.get(asset["urls"]["original"], range=f"bytes={asset['bytes']}-")
    assert (answer.status_code, answer.json()["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["content-range"] == f"bytes */{asset['bytes']}"


async def test_heads_are_like_the_answers_without_their_bodies(charlie: Person, alice: Person, asset: Json) -> None:
    for person, url in ((charlie, asset["urls"]["thumb"]), (alice, f"/api/v1/media/{asset['id']}/content")):
        whole, head = await person.get(url), await person.send("HEAD", url)
        assert (head.status_code, head.content) == (200, b"")
        own = {"x-request-id"}
        assert _without(head.headers, own) == _without(whole.headers, own)


async def test_the_owner_reads_the_stored_picture(alice: Person, asset: Json) -> None:
    answer = await alice.get(f"/api/v1/media/{asset['id']}/content")
    assert answer.content == (await alice.get(asset["urls"]["original"])).content
    assert answer.headers["cache-control"] == "private, no-store"


async def test_a_cache_that_asks_again_learns_of_a_removal(alice: Person, charlie: Person, asset: Json) -> None:
    url = asset["urls"]["large"]
    etag = (await charlie.get(url)).headers["etag"]
    assert (await charlie.get(url, if_none_match=etag)).status_code == 304
    assert (await alice.send("DELETE", f"/api/v1/media/{asset['id']}")).status_code == 204
    gone = await charlie.get(url, if_none_match=etag)
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")


async def test_a_file_that_is_gone_is_not_found(charlie: Person, asset: Json, store_folder: Any) -> None:
    for path in store_folder.rglob("*.webp"):
        path.unlink()
    assert (await charlie.get(asset["urls"]["thumb"])).status_code == 404


def _without(headers: httpx.Headers, names: set[str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in names}
