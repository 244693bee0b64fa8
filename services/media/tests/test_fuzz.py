"""Whatever is sent, the answer is never that something went wrong on our side."""

import asyncio
from typing import Any
from urllib.parse import quote_from_bytes
from uuid import UUID

import pytest
from chassis.text import fault_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from media_service.testing.drawn import jpeg
from media_service.testing.people import Json, Person, files_in

fuzz = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
header_bytes = st.binary(max_size=40).map(lambda value: value.translate(None, b"\0\r\n"))
ids = st.uuids().map(str) | st.binary(max_size=40).map(quote_from_bytes)


@pytest.fixture
async def asset(alice: Person, render: Any) -> Json:
    asset = await alice.has_uploaded(jpeg(400, 300))
    render(asset)
    return asset


@fuzz
@given(data=st.data())
async def test_requests_for_files(alice: Person, asset: Json, data: st.DataObject) -> None:
    names = st.sampled_from(["range", "if-range", "if-none-match", "if-modified-since", "accept", "x-request-id"])
    numbers = st.integers(-3, 10**25).map(str)
    ranges = st.tuples(numbers, numbers).map(lambda pair: f"bytes={pair[0]}-{pair[1]}".encode())
    dates = st.sampled_from([b"Mon, 99 Jan 2026 10:00:00 GMT", b"Mon, 01 Jan 99999999999999999999 10:00:00 GMT",
                             b"Mon, 01 Jan 2026 10:00:00 +999999999999", b"\xff"])  # fmt: skip
    headers = data.draw(st.dictionaries(names, header_bytes | ranges | dates, max_size=3))
    url = data.draw(st.sampled_from([asset["urls"]["thumb"], f"/api/v1/media/{asset['id']}/content"]))
    sent = [(name.encode(), value) for name, value in headers.items()]
    sent += [(name.encode(), value.encode()) for name, value in alice.headers.items()]
    answer = await alice.http.get(url, headers=sent)
    assert answer.status_code in {200, 206, 304, 416}


@fuzz
@given(ids, st.text(max_size=10), st.text(max_size=10))
async def test_addresses(alice: Person, one: str, preset: str, extension: str) -> None:
    name = quote_from_bytes(f"{preset}.{extension}".encode("utf-8", "replace"))
    for path in (f"/m/{one}/{name}", f"/api/v1/media/{one}", f"/api/v1/media/{one}/content"):
        assert (await alice.get(path)).status_code in {200, 307, 404, 405}
    assert (await alice.send("PATCH", f"/api/v1/media/{one}", json={"alt": "x"})).status_code in {404, 405}


@fuzz
@given(header_bytes, header_bytes, st.binary(max_size=60))
async def test_names_types_and_texts_of_uploads(alice: Person, name: bytes, kind: bytes, alt: bytes) -> None:
    file = b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\nContent-Type: ' + kind
    text = b'\r\n--b\r\nContent-Disposition: form-data; name="alt"\r\n\r\n' + alt + b"\r\n--b--\r\n"
    content = file + b"\r\n\r\n" + jpeg() + text
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = await alice.send("POST", "/api/v1/media", content=content, headers=headers)
    assert answer.status_code in {201, 400}


@fuzz
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
async def test_alternative_texts(alice: Person, asset: Json, alt: object) -> None:
    answer = await alice.send("PATCH", f"/api/v1/media/{asset['id']}", json={"alt": alt})
    is_text = isinstance(alt, str) and not fault_of(alt)
    assert (answer.status_code, answer.json().get("alt") == alt) == ((200, True) if is_text else (400, False))


async def test_many_may_upload_and_remove_the_same_picture_at_once(
    alice: Person, bob: Person, store_folder: Any
) -> None:
    async def come_and_go(person: Person) -> None:
        asset = await person.has_uploaded(jpeg())
        assert UUID(asset["id"])
        assert (await person.get(asset["urls"]["original"])).status_code == 200
        for _ in range(2):  # into the trash, and out of it
            assert (await person.send("DELETE", f"/api/v2/assets/{asset['id']}")).status_code == 204

    for _ in range(3):
        await asyncio.gather(*[come_and_go(person) for person in (alice, bob) * 4])
    assert files_in(store_folder) == 0
