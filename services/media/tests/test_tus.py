"""Pictures in pieces (tus 1.0)."""

import asyncio
import dataclasses
import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from chassis.health import Health
from chassis.testing import TokenMint
from fastapi import FastAPI
from media_service.app import create_app
from media_service.decoding.decoder import Decoder
from media_service.pictures.scratch import Room
from media_service.settings import MediaSettings
from media_service.storage.store import Store
from media_service.testing.drawn import encoded, jpeg, picture
from media_service.testing.people import ALICE, Person, files_in
from media_service.testing.tus import UPLOADS, Sender, checksum, metadata
from media_service.tus import pieces, services

from tests.support.photographs import pixel_bomb, text_named_jpg, truncated

Check = Callable[[], None]
Settings = Callable[..., None]
MISSING = f"{UPLOADS}/01900000-0000-7000-8000-000000000001"


@pytest.fixture
def sender(alice: Person) -> Sender:
    return Sender(alice)


@pytest.fixture
def other(bob: Person) -> Sender:
    return Sender(bob)


@pytest.fixture
def change(app: FastAPI, own_settings: MediaSettings) -> Settings:
    """Gives the application other settings."""

    def to(**changed: Any) -> None:
        settings = own_settings.model_copy(update=changed)
        app.state.service = dataclasses.replace(app.state.service, settings=settings)

    return to


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> int:
    """Every few bytes are kept."""
    from media_service.tus import appending  # noqa: PLC0415  where it was imported to

    monkeypatch.setattr(appending, "PIECE_BYTES", 1000)
    return 1000


async def in_chunks(content: bytes, size: int = 500) -> Any:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def test_a_picture_comes_in_pieces(alice: Person, sender: Sender, store_folder: Path, render: Any) -> None:
    sent = encoded(picture(640, 480))
    upload = await sender.has_created(len(sent), Upload_Metadata=metadata(filename="../../x.php", alt="A gradient ✓"))
    for start in (0, 100, 5000):
        end = {0: 100, 100: 5000, 5000: len(sent)}[start]
        answer = await sender.append(upload, start, sent[start:end])
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(end))
        assert answer.headers["tus-resumable"] == "1.0.0"
    asset = (await alice.get(f"/api/v2/assets/{answer.headers['asset-id']}")).json()
    assert (asset["sha256"], asset["alt"]) == (hashlib.sha256(sent).hexdigest(), "A gradient ✓")
    assert (asset["owner_id"], asset["width"], asset["state"]) == (str(ALICE), 640, "processing")
    assert files_in(store_folder) == 1
    render(asset)
    assert (await alice.get(asset["urls"]["thumb"])).status_code == 200


async def test_head_tells_where_it_is_and_what_it_became(sender: Sender) -> None:
    sent, told = jpeg(), metadata(filename="a.jpg", filetype="image/jpeg")
    upload = await sender.has_created(len(sent), Upload_Metadata=told)
    await sender.append(upload, 0, sent[:10])
    answer = await sender.send("HEAD", upload)
    assert answer.headers["cache-control"] == "no-store"
    names = ("upload-offset", "upload-length", "upload-metadata")
    assert [answer.headers[name] for name in names] == ["10", str(len(sent)), told]
    assert answer.headers["upload-expires"].endswith("GMT")
    assert "asset-id" not in answer.headers
    became = (await sender.append(upload, 10, sent[10:])).headers["asset-id"]
    answer = await sender.send("HEAD", upload)
    assert (answer.status_code, answer.headers["asset-id"]) == (200, became)
    assert answer.headers["upload-offset"] == answer.headers["upload-length"]


async def test_who_watches_sees_how_far_it_is(alice: Person, sender: Sender) -> None:
    upload = await sender.has_created(None)
    await sender.append(upload, 0, b"x" * 10)
    seen = (await alice.get(upload)).json()
    assert (seen["offset"], seen["length"], seen["asset_id"]) == (10, None, None)
    assert seen["expires_at"].endswith("Z")


async def test_a_creation_may_bring_the_picture(sender: Sender, store_folder: Path) -> None:
    sent = jpeg()
    answer = await sender.create(len(sent), content=sent)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(sent)))
    assert answer.headers["asset-id"]
    part = await sender.create(len(sent), content=sent[:7])
    assert (part.headers["upload-offset"], "asset-id" in part.headers) == ("7", False)
    rest = await sender.append(httpx.URL(part.headers["location"]).path, 7, sent[7:])
    assert rest.headers["asset-id"]


async def test_a_length_may_be_told_later(sender: Sender) -> None:
    sent = jpeg()
    upload = await sender.has_created(None)
    await sender.append(upload, 0, sent[:20])
    assert (await sender.send("HEAD", upload)).headers["upload-defer-length"] == "1"
    for wrong in (10, 60_000_000):
        refused = await sender.append(upload, 20, sent[20:], Upload_Length=str(wrong))
        assert refused.status_code in {400, 413}
    answer = await sender.append(upload, 20, sent[20:], Upload_Length=str(len(sent)))
    assert answer.headers["asset-id"]


async def test_what_was_sent_whole_may_be_closed_with_its_length_alone(sender: Sender) -> None:
    sent = jpeg()
    upload = await sender.has_created(None)
    await sender.append(upload, 0, sent)
    assert (await sender.append(upload, len(sent), b"", Upload_Length=str(len(sent)))).headers["asset-id"]


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_bytes_that_were_damaged_on_the_way_are_not_kept(sender: Sender, algorithm: str) -> None:
    sent = jpeg()
    upload = await sender.has_created(len(sent))
    answer = await sender.append(upload, 0, b"x" + sent[1:], Upload_Checksum=checksum(sent, algorithm))
    assert (answer.status_code, answer.json()["code"]) == (460, "checksum_mismatch")
    assert await sender.offset(upload) == 0
    answer = await sender.append(upload, 0, sent, Upload_Checksum=checksum(sent, algorithm))
    assert answer.headers["asset-id"]


async def test_an_upload_can_be_given_up(sender: Sender, nothing_is_kept: Check) -> None:
    upload = await sender.has_created(1000)
    await sender.append(upload, 0, b"x" * 10)
    assert (await sender.send("DELETE", upload)).status_code == 204
    assert (await sender.send("HEAD", upload)).status_code == 404
    nothing_is_kept()


async def test_an_upload_is_its_creators(sender: Sender, other: Sender, charlie: Person) -> None:
    upload = await sender.has_created(1000)
    for who, status in ((other, 404), (Sender(charlie), 401)):
        answers = [
            await who.send("HEAD", upload),
            await who.send("GET", upload),
            await who.append(upload, 0, b"x"),
            await who.send("DELETE", upload),
        ]
        assert {answer.status_code for answer in answers} == {status}
        assert {answer.headers["tus-resumable"] for answer in answers} == {"1.0.0"}
    assert (await Sender(charlie).create(10)).status_code == 401
    assert await sender.offset(upload) == 0


@pytest.mark.parametrize("url", [MISSING, f"{UPLOADS}/..%2F..%2Fetc", f"{UPLOADS}/x"])
async def test_what_is_not_there_is_said(sender: Sender, url: str) -> None:
    assert {(await sender.send(method, url)).status_code for method in ("HEAD", "GET", "DELETE")} == {404}
    assert (await sender.append(url, 0, b"x")).status_code == 404


async def test_a_wrong_place_is_refused_with_the_right_one(sender: Sender) -> None:
    upload = await sender.has_created(1000)
    await sender.append(upload, 0, b"x" * 10)
    for offset in (0, 9, 11):
        answer = await sender.append(upload, offset, b"y")
        assert (answer.status_code, answer.json()["code"]) == (409, "offset_conflict")
        assert answer.headers["upload-offset"] == "10"


async def test_a_finished_upload_takes_nothing_more_and_says_so_to_who_has_not_heard(sender: Sender) -> None:
    sent = jpeg()
    upload = await sender.has_created(len(sent))
    became = (await sender.append(upload, 0, sent)).headers["asset-id"]
    assert (await sender.append(upload, len(sent), b"x")).status_code == 409
    again = await sender.append(upload, len(sent), b"")
    assert (again.status_code, again.headers["asset-id"]) == (204, became)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (text_named_jpg(), 415, "unsupported_media_type"),
        (pixel_bomb(), 413, "too_large"),
        (truncated(), 422, "image_refused"),
        (b"", 415, "unsupported_media_type"),
    ],
    ids=["text", "bomb", "truncated", "empty"],
)
async def test_a_refused_picture_takes_its_upload_along(
    sender: Sender, nothing_is_kept: Check, content: bytes, status: int, code: str
) -> None:
    whole = await sender.create(len(content), content=content)
    assert (whole.status_code, whole.json()["code"]) == (status, code)
    if content:
        upload = await sender.has_created(len(content))
        await sender.append(upload, 0, content[:5])
        answer = await sender.append(upload, 5, content[5:])
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert (await sender.send("HEAD", upload)).status_code == 404
    nothing_is_kept()


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 400, "upload_header_invalid"),
        ({"Upload-Length": "1", "Upload-Defer-Length": "1"}, 400, "upload_header_invalid"),
        ({"Upload-Length": "-1"}, 400, "upload_header_invalid"),
        ({"Upload-Length": "1e3"}, 400, "upload_header_invalid"),
        ({"Upload-Length": "٣"}, 400, "upload_header_invalid"),
        ({"Upload-Defer-Length": "2"}, 400, "upload_header_invalid"),
        ({"Upload-Length": "1", "Upload-Metadata": "alt !"}, 400, "upload_header_invalid"),
        ({"Upload-Length": "1", "Upload-Metadata": "alt YQ==,alt YQ=="}, 400, "upload_header_invalid"),
        ({"Upload-Length": "1", "Upload-Metadata": "alt /w=="}, 400, "upload_header_invalid"),
        ({"Upload-Length": "1", "Upload-Metadata": metadata(alt="x" * 1001)}, 400, "upload_header_invalid"),
        ({"Upload-Length": "1", "Upload-Metadata": metadata(alt="a\0b")}, 400, "upload_header_invalid"),
        ({"Upload-Length": "1", "Upload-Metadata": metadata(visibility="private")}, 400, "upload_header_invalid"),
        ({"Upload-Length": "1", "Upload-Metadata": "k " + "A" * 8000}, 400, "upload_header_invalid"),
        ({"Upload-Length": "1", "Upload-Metadata": metadata(**{f"k{n}": "" for n in range(21)})}, 400,
         "upload_header_invalid"),
        ({"Upload-Length": "1", "Upload-Concat": "partial"}, 400, "upload_header_invalid"),
        ({"Upload-Length": "1", "Upload-Checksum": "md5 AAAA"}, 400, "upload_header_invalid"),
        ({"Upload-Length": "1", "Upload-Checksum": "sha1 AAAA"}, 400, "upload_header_invalid"),
        ({"Upload-Length": "50000001"}, 413, "too_large"),
        ({"Upload-Length": "1", "Tus-Resumable": "0.2.2"}, 412, "tus_version"),
        ({"Upload-Length": "1", "Tus-Resumable": None}, 412, "tus_version"),
        ({"Upload-Length": "1", "X-HTTP-Method-Override": "PATCH"}, 400, "method_override_refused"),
    ],
)  # fmt: skip
async def test_what_tus_does_not_allow_is_refused(
    sender: Sender, nothing_is_kept: Check, headers: dict[str, Any], status: int, code: str
) -> None:
    if not str(headers.get("Upload-Length", "")).isascii():
        headers = {"Upload-Length": headers["Upload-Length"].encode()}
    answer = await sender.send("POST", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if status == 412:
        assert answer.headers["tus-version"] == "1.0.0"
    nothing_is_kept()


async def test_an_empty_header_of_metadata_says_nothing(sender: Sender) -> None:
    assert (await sender.create(10, Upload_Metadata="")).status_code == 201


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Content-Type": "image/jpeg"}, 415, "unsupported_media_type"),
        ({"Upload-Offset": "x"}, 400, "upload_header_invalid"),
        ({"Upload-Length": "9"}, 400, "upload_header_invalid"),
    ],
)
async def test_a_piece_must_say_what_it_is(sender: Sender, headers: dict[str, str], status: int, code: str) -> None:
    upload = await sender.has_created(10)
    said = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"} | headers
    answer = await sender.send("PATCH", upload, headers=said, content=b"x")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_more_than_its_length_is_refused_as_soon_as_it_comes(sender: Sender, small_pieces: int) -> None:
    upload = await sender.has_created(3000)
    answer = await sender.append(upload, 0, in_chunks(b"x" * 9000))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert await sender.offset(upload) == 2 * small_pieces


async def test_pieces_are_kept_while_a_request_is_under_way(sender: Sender, small_pieces: int) -> None:
    sent, seen = encoded(picture(640, 480)), []
    upload = await sender.has_created(len(sent))

    async def body() -> Any:
        async for chunk in in_chunks(sent):
            seen.append(await sender.offset(upload))
            yield chunk

    assert (await sender.append(upload, 0, body())).headers["asset-id"]
    assert sorted(set(seen)) == list(range(0, len(sent), small_pieces))


async def test_of_two_that_send_the_same_bytes_one_is_told_to_look_again(sender: Sender, store_folder: Path) -> None:
    sent = jpeg()
    upload = await sender.has_created(len(sent))
    answers = await asyncio.gather(*(sender.append(upload, 0, sent[:50]) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [204, 409, 409, 409]
    assert files_in(store_folder) == 1
    answers = await asyncio.gather(*(sender.append(upload, 50, sent[50:]) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [204, 409, 409]
    assert (await sender.person.get("/api/v2/quota")).json()["assets"] == 1
    assert files_in(store_folder) == 1


@pytest.mark.parametrize("its_own", [jpeg()[100:], b"x" * len(jpeg()[100:])], ids=["the same bytes", "others"])
async def test_a_last_piece_that_comes_late_leaves_what_the_upload_became(sender: Sender, its_own: bytes) -> None:
    sent, comes, rest = jpeg(), asyncio.Event(), asyncio.Event()
    upload = await sender.has_created(len(sent))
    await sender.append(upload, 0, sent[:100])

    async def slowly() -> Any:
        yield its_own[:50]
        comes.set()
        await rest.wait()
        yield its_own[50:]

    late = asyncio.create_task(sender.append(upload, 100, slowly()))
    await comes.wait()
    became = (await sender.append(upload, 100, sent[100:])).headers["asset-id"]
    rest.set()
    answer = await late
    assert (answer.status_code, answer.json()["code"]) == (409, "offset_conflict")
    assert answer.headers["upload-offset"] == str(len(sent))
    told = await sender.send("HEAD", upload)
    assert (told.status_code, told.headers.get("asset-id")) == (200, became)


@pytest.mark.parametrize("after_reading", [False, True], ids=["its pieces are gone", "it had read them"])
async def test_a_last_piece_that_another_overtakes_leaves_what_the_upload_became(
    app: FastAPI, sender: Sender, monkeypatch: pytest.MonkeyPatch, *, after_reading: bool
) -> None:
    sent, joins, go_on = jpeg(), threading.Event(), threading.Event()
    upload = await sender.has_created(len(sent))
    await sender.append(upload, 0, sent[:100])
    store = app.state.service.store
    fetch = store.fetch

    def held_once(key: str, into: Any) -> None:
        monkeypatch.setattr(store, "fetch", fetch)
        if after_reading:
            fetch(key, into)
        joins.set()
        assert go_on.wait(30)
        if not after_reading:
            fetch(key, into)

    monkeypatch.setattr(store, "fetch", held_once)
    late = asyncio.create_task(sender.append(upload, 100, b"x" * (len(sent) - 100)))
    assert await asyncio.to_thread(joins.wait, 30)
    became = (await sender.append(upload, 100, sent[100:])).headers["asset-id"]
    go_on.set()
    assert (await late).status_code == (422 if after_reading else 409)
    told = await sender.send("HEAD", upload)
    assert (told.status_code, told.headers.get("asset-id")) == (200, became)


async def test_a_creation_that_is_overtaken_by_its_repetition_leaves_what_that_has_finished(sender: Sender) -> None:
    sent, comes, rest = jpeg(), asyncio.Event(), asyncio.Event()

    async def slowly() -> Any:
        yield sent[:50]
        comes.set()
        await rest.wait()
        yield sent[50:]

    late = asyncio.create_task(sender.create(len(sent), content=slowly(), Idempotency_Key="k-1"))
    await comes.wait()
    again = await sender.create(len(sent), Idempotency_Key="k-1")
    upload = again.headers["location"]
    became = (await sender.append(upload, 0, sent)).headers["asset-id"]
    rest.set()
    assert (await late).status_code == 409
    told = await sender.send("HEAD", upload)
    assert (told.status_code, told.headers.get("asset-id")) == (200, became)
    assert (await sender.create(len(sent), Idempotency_Key="k-1")).headers["location"] == upload


async def test_another_replica_goes_on(
    sender: Sender, own_settings: MediaSettings, store: Store, decoder: Decoder, mint: TokenMint
) -> None:
    sent = jpeg()
    upload = await sender.has_created(len(sent), Upload_Metadata=metadata(alt="over there"))
    await sender.append(upload, 0, sent[:100])
    app = create_app(own_settings, store, decoder, Health())
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=own_settings.public_url) as http,
    ):
        elsewhere = Sender(Person(http, mint.access(ALICE, "alice", scope="media")))
        assert await elsewhere.offset(upload) == 100
        answer = await elsewhere.append(upload, 100, sent[100:])
        asset = (await elsewhere.person.get(f"/api/v2/assets/{answer.headers['asset-id']}")).json()
    assert (asset["alt"], asset["sha256"]) == ("over there", hashlib.sha256(sent).hexdigest())


async def test_a_body_that_breaks_off_is_kept_as_far_as_it_came(sender: Sender, app: FastAPI) -> None:
    sent = jpeg()
    for headers, kept in (({}, 300), ({"Upload-Checksum": checksum(sent)}, 0)):
        upload = await sender.has_created(len(sent))
        await broken_off(app, sender, upload, sent[:300], headers)
        assert await sender.offset(upload) == kept


async def broken_off(app: FastAPI, sender: Sender, url: str, sent: bytes, headers: dict[str, str]) -> None:
    """A PATCH whose client leaves after so many bytes."""
    said = sender.person.headers | headers | {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    said |= {"Content-Type": "application/offset+octet-stream"}
    messages = iter([{"type": "http.request", "body": sent, "more_body": True}, {"type": "http.disconnect"}])
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "PATCH", "path": url,
             "raw_path": url.encode(), "query_string": b"", "root_path": "", "scheme": "http", "client": ("::1", 1),
             "server": ("::1", 80),
             "headers": [(name.lower().encode(), value.encode()) for name, value in said.items()]}  # fmt: skip

    async def receive() -> Any:
        return next(messages)

    async def send(_message: Any) -> None:
        pass

    await app(scope, receive, send)


async def test_uploads_reserve_their_room(alice: Person, sender: Sender, change: Settings) -> None:
    sent = jpeg()
    change(quota_bytes=3 * len(sent))
    answers = await asyncio.gather(*(sender.create(len(sent)) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 413, 413]
    assert next(a for a in answers if a.status_code == 413).json()["code"] == "quota_exceeded"
    quota = (await alice.get("/api/v2/quota")).json()
    assert (quota["used_bytes"], quota["reserved_bytes"]) == (0, 3 * len(sent))
    assert (await alice.upload(sent)).status_code == 413
    upload = next(httpx.URL(a.headers["location"]).path for a in answers if a.status_code == 201)
    assert (await sender.append(upload, 0, sent)).headers["asset-id"]
    quota = (await alice.get("/api/v2/quota")).json()
    assert quota["reserved_bytes"] == 2 * len(sent)
    assert 0 < quota["used_bytes"] <= len(sent)


async def test_an_upload_of_unknown_length_reserves_the_most_it_may_have(sender: Sender, change: Settings) -> None:
    change(quota_bytes=1000, max_upload_bytes=1001)
    assert (await sender.create(None)).json()["code"] == "quota_exceeded"
    change(quota_bytes=1000, max_upload_bytes=900)
    upload = await sender.has_created(None)
    answer = await sender.append(upload, 0, b"x" * 901)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_an_upload_of_nothing_takes_nothing(sender: Sender, nothing_is_kept: Check) -> None:
    answer = await sender.create(0, content=b"x" * 10)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    nothing_is_kept()


async def test_a_piece_beyond_a_length_that_was_told_while_it_came_is_not_kept(
    sender: Sender, store_folder: Path
) -> None:
    upload = await sender.has_created(None)

    async def body() -> Any:
        yield b"x" * 5
        assert (await sender.append(upload, 0, b"", Upload_Length="5")).status_code == 204
        yield b"x"

    answer = await sender.append(upload, 0, body())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert (await sender.offset(upload), files_in(store_folder)) == (0, 0)


async def test_only_so_many_are_open_at_once(sender: Sender, other: Sender, change: Settings) -> None:
    change(open_uploads=2)
    answers = await asyncio.gather(*(sender.create(10) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 429, 429]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("too_many_uploads", "60")
    assert (await other.create(10)).status_code == 201
    taken = next(answer for answer in answers if answer.status_code == 201)
    await sender.send("DELETE", taken.headers["location"])
    assert (await sender.create(10)).status_code == 201


async def test_an_upload_has_a_most_of_pieces(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_PARTS", 3)
    upload = await sender.has_created(10)
    answers = [await sender.append(upload, offset, b"x") for offset in range(4)]
    assert [answer.status_code for answer in answers] == [204, 204, 204, 400]
    assert answers[-1].json()["code"] == "too_many"


async def test_where_there_is_no_room_now_nothing_is_lost(app: FastAPI, sender: Sender) -> None:
    sent = jpeg()
    upload = await sender.has_created(len(sent))
    await sender.append(upload, 0, sent[:100])
    service = app.state.service
    app.state.service = dataclasses.replace(service, room=Room(len(sent) - 1, share=len(sent)))
    answer = await sender.append(upload, 100, sent[100:])
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    assert await sender.offset(upload) == 100
    app.state.service = service
    assert (await sender.append(upload, 100, sent[100:])).headers["asset-id"]


def test_a_piece_is_no_larger_than_what_may_be_lost() -> None:
    assert pieces.WRITE_AT <= pieces.PIECE_BYTES <= 8 * 1024 * 1024


async def test_an_upload_asked_for_again_under_its_key_is_the_same_one(
    alice: Person, sender: Sender, other: Sender
) -> None:
    sent = jpeg()
    first = await sender.create(len(sent), Idempotency_Key="k-1")
    await sender.append(first.headers["location"], 0, sent[:100])
    again = await sender.create(len(sent), Idempotency_Key="k-1", content=sent)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["location"] == first.headers["location"]
    assert (again.headers["upload-offset"], again.headers["idempotency-replayed"]) == ("100", "true")
    assert (await other.create(len(sent), Idempotency_Key="k-1")).headers["location"] != first.headers["location"]
    assert (await sender.create(len(sent))).headers["location"] != first.headers["location"]


async def test_a_key_of_another_upload_is_refused(sender: Sender) -> None:
    await sender.create(10, Idempotency_Key="k-1", Upload_Metadata=metadata(alt=""))
    for length, alt in ((11, ""), (10, "other")):
        answer = await sender.create(length, Idempotency_Key="k-1", Upload_Metadata=metadata(alt=alt))
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


async def test_an_upload_that_was_refused_leaves_its_key_free(sender: Sender) -> None:
    damaged = truncated()
    answer = await sender.create(len(damaged), Idempotency_Key="k-1", content=damaged)
    assert answer.status_code == 422
    answer = await sender.create(len(damaged), Idempotency_Key="k-1")
    assert (answer.status_code, "idempotency-replayed" in answer.headers) == (201, False)
