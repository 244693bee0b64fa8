"""The room for uploads: nobody has so much of it that others have none."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

import httpx
import pytest
from chassis.internal_client import CALLER_TOKEN_HEADER
from chassis.testing import TokenMint
from fastapi import FastAPI
from media_service.pictures.scratch import Room, Scratch
from media_service.settings import MediaSettings
from media_service.testing.drawn import jpeg
from media_service.testing.people import ALICE, Person
from media_service.testing.tus import Sender
from media_service.uploads.fields import WRITE_AT
from uuid_utils.compat import uuid7

SENT = jpeg()
Sends = Callable[[Person], Awaitable[httpx.Response]]


async def in_a_form(person: Person) -> httpx.Response:
    return await person.upload(SENT)


async def in_pieces(person: Person) -> httpx.Response:
    return await Sender(person).create(len(SENT), content=SENT)


async def in_place_of_another(person: Person) -> httpx.Response:
    asset = (await person.get("/api/v2/assets")).json()["items"][0]
    tag = (await person.get(f"/api/v2/assets/{asset['id']}")).headers["etag"]
    return await person.send("PUT", f"/api/v2/assets/{asset['id']}/content", content=SENT, headers={"If-Match": tag})


@pytest.fixture
def by_blog(mint: TokenMint) -> Sends:
    """Blog passes the picture of a form on, and the token of its author."""

    async def sends(person: Person) -> httpx.Response:
        shown = {CALLER_TOKEN_HEADER: person.headers["Authorization"]}
        headers = shown | {"Authorization": f"Bearer {mint.service('blog', 'media')}"}
        return await person.http.put(f"/internal/assets/{uuid7()}", content=SENT, headers=headers)

    return sends


@pytest.fixture
def room(app: FastAPI) -> Room:
    """Room for four pictures, of which one owner may have two."""
    room = Room(4 * len(SENT), share=2 * len(SENT))
    app.state.service = dataclasses.replace(app.state.service, room=room)
    return room


@pytest.fixture
def held(room: Room, own_settings: MediaSettings) -> Iterator[Callable[[UUID, int], None]]:
    """Has somebody hold bytes of the room."""
    with Scratch(own_settings.scratch_dir) as scratch:
        yield lambda owner_id, count: room.of(owner_id).take(count, scratch)


@pytest.mark.parametrize("way", ["form", "pieces", "blog", "replacement"])
async def test_who_has_all_that_one_may_have_waits_for_his_own(  # noqa: PLR0917  fixtures
    alice: Person, bob: Person, by_blog: Sends, held: Callable[[UUID, int], None], room: Room, way: str
) -> None:
    sends = {"form": in_a_form, "pieces": in_pieces, "blog": by_blog, "replacement": in_place_of_another}[way]
    for person in (alice, bob):
        await person.has_uploaded(jpeg(width=40))
    held(ALICE, len(SENT) + 1)
    refused = await sends(alice)
    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert "You are sending too many" in refused.json()["detail"]
    assert int(refused.headers["retry-after"]) > 0
    assert (await sends(bob)).is_success


async def test_the_end_of_an_upload_in_pieces_takes_of_its_owners_room(
    alice: Person, bob: Person, held: Callable[[UUID, int], None]
) -> None:
    begun = {sender: await sender.has_created(len(SENT)) for sender in (Sender(alice), Sender(bob))}
    for sender, upload in begun.items():
        await sender.append(upload, 0, SENT[:-1])
    held(ALICE, len(SENT) + 1)
    answers = [await sender.append(upload, len(SENT) - 1, SENT[-1:]) for sender, upload in begun.items()]
    assert [answer.status_code for answer in answers] == [503, 204]


async def test_slow_uploads_of_one_keep_out_no_other(app: FastAPI, alice: Person, bob: Person) -> None:
    room = Room(4 * WRITE_AT, share=2 * WRITE_AT)
    app.state.service = dataclasses.replace(app.state.service, room=room)
    rest = asyncio.Event()

    async def slowly() -> Any:
        yield b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
        yield bytes(WRITE_AT)
        await rest.wait()
        yield b"\r\n--b--\r\n"

    form = {"content-type": "multipart/form-data; boundary=b"}
    slow = [asyncio.create_task(alice.send("POST", "/api/v1/media", content=slowly(), headers=form)) for _ in range(4)]
    beyond = [await answer for answer in islice(asyncio.as_completed(slow), 2)]
    assert [answer.status_code for answer in beyond] == [503, 503]
    assert ((await alice.upload(SENT)).status_code, (await bob.upload(SENT)).status_code) == (503, 201)
    rest.set()
    assert sorted(answer.status_code for answer in await asyncio.gather(*slow)) == [415, 415, 503, 503]
    assert (await alice.upload(SENT)).status_code == 201


def test_a_share_has_room_for_one_picture(own_settings: MediaSettings) -> None:
    def share(total: int, upload: int) -> int:
        return own_settings.model_copy(update={"scratch_bytes": total, "max_upload_bytes": upload}).scratch_share

    assert (share(1000, 50), share(1000, 400)) == (250, 400)
