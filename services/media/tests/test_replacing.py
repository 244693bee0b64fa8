"""Another picture for an asset: what shows it shows the new one, wherever its address was had."""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from chassis.events.databases.sqlalchemy import SqlAlchemyDatabase
from chassis.events.testing import published
from media_service.database import Database
from media_service.decoding.answers import Undecodable
from media_service.decoding.decoder import Decoder
from media_service.renditions import services
from media_service.renditions.making import renditions_draw
from media_service.testing.drawn import encoded, jpeg, opened, picture
from media_service.testing.people import Json, Person, files_in

from tests.support.photographs import text_named_jpg, truncated

MISSING = "01900000-0000-7000-8000-000000000001"


def other() -> bytes:
    return encoded(picture(300, 200), "PNG")


@pytest.fixture
async def asset(alice: Person, render: Any) -> Json:
    """A picture of alice's that is ready."""
    asset = await alice.has_uploaded(jpeg())
    render(asset)
    return await seen(alice, asset)


async def seen(who: Person, asset: Json) -> Json:
    """The asset in v2, with its tag."""
    answer = await who.get(f"/api/v2/assets/{asset['id']}")
    shown: Json = answer.json() | {"tag": answer.headers["etag"]}
    return shown


async def replace(who: Person, asset: Json, content: bytes, tag: str | None = None) -> httpx.Response:
    headers = {"If-Match": tag or asset["tag"]} if tag != "" else {}
    return await who.send("PUT", f"/api/v2/assets/{asset['id']}/content", content=content, headers=headers)


async def test_every_address_shows_the_new_picture(
    alice: Person, charlie: Person, asset: Json, render: Any, store_folder: Path
) -> None:
    alias, files = f"/m/{asset['id']}/thumb.webp", files_in(store_folder)
    old = await charlie.get(alias)
    answer = await replace(alice, asset, other())
    new = answer.json()
    assert (answer.status_code, new["revision"], new["state"], new["id"]) == (200, 2, "processing", asset["id"])
    assert new["sha256"] == hashlib.sha256(other()).hexdigest()
    assert (new["mime"], new["width"], new["placeholder"]) == ("image/png", 300, None)
    assert answer.headers["etag"] != asset["tag"]
    render(asset)
    fresh = await charlie.get(new["urls"]["thumb"])
    assert fresh.headers["cache-control"] == "public, max-age=86400, s-maxage=3600"
    assert opened(fresh.content).size == (300, 200)
    for preset, url in asset["urls"].items():
        for ending in ("",) if preset == "original" else ("", ".webp", ".jpg"):
            leads = await charlie.get(url + ending)
            assert (leads.status_code, leads.headers["location"]) == (308, new["urls"][preset] + ending)
            assert leads.headers["cache-tag"] == asset["id"]
    assert (await charlie.get(f"{new['urls']['thumb']}.webp")).content == fresh.content
    stale = {"if_none_match": old.headers["etag"], "if_modified_since": old.headers["last-modified"]}
    again = await charlie.get(alias, **stale)
    assert (again.status_code, again.content) == (200, fresh.content)
    assert again.headers["cache-control"] == "public, no-cache"
    assert files_in(store_folder) == files  # nothing is left of the old one


async def test_until_it_is_drawn_no_address_shows_the_old_one(alice: Person, charlie: Person, asset: Json) -> None:
    await replace(alice, asset, other())
    for url in (f"/m/{asset['id']}/thumb.webp", (await seen(alice, asset))["urls"]["thumb"]):
        assert (await charlie.get(url)).status_code == 202
    assert (await charlie.get(f"/m/{asset['id']}/original.png")).content
    assert (await charlie.get(f"/m/{asset['id']}/original.jpg")).status_code == 404


@pytest.mark.parametrize("revision", ["0", "2", "01", "-1", "\u0661", "x", "1.0", "99999999999999999999"])
async def test_revisions_that_never_were_are_not_found(charlie: Person, asset: Json, revision: str) -> None:
    assert (await charlie.get(f"/m/{asset['id']}/{revision}/thumb.webp")).status_code == 404


@pytest.mark.parametrize("name", ["huge.webp", "huge", "original", "thumb.gif", "original.webp.exe"])
async def test_an_older_address_leads_on_only_if_it_was_one(
    alice: Person, charlie: Person, asset: Json, name: str
) -> None:
    await replace(alice, asset, other())
    assert (await charlie.get(f"/m/{asset['id']}/1/{name}")).status_code == 404


async def test_it_is_told(alice: Person, asset: Json, render: Any, database: Database) -> None:
    await replace(alice, asset, other())
    render(asset)
    told = published(SqlAlchemyDatabase(database.engine))
    assert told.pop(-3).type == "media.shown.changed.v1"
    assert [event.type for event in told[-2:]] == ["media.asset.replaced.v1", "media.asset.ready.v1"]
    assert [event.sequence for event in told] == [1, 2, 3, 4]
    assert told[-1].data["renditions"][0]["width"] == 300


async def test_somebody_else_shows_the_same_picture_still(
    alice: Person, bob: Person, charlie: Person, asset: Json, render: Any
) -> None:
    theirs = await bob.has_uploaded(jpeg())
    render(theirs)
    await replace(alice, asset, other())
    assert (await charlie.get(theirs["urls"]["thumb"])).status_code == 200
    assert (await charlie.get(theirs["urls"]["original"])).status_code == 200


async def test_what_it_takes_is_counted_anew(alice: Person, asset: Json) -> None:
    new = (await replace(alice, asset, other())).json()
    quota = (await alice.get("/api/v2/quota")).json()
    assert (quota["used_bytes"], quota["assets"]) == (new["bytes"], 1)


async def test_the_quota_holds_and_the_old_picture_does_not_count(
    alice: Person, asset: Json, allow: Callable[[int], None], store_folder: Path
) -> None:
    large = encoded(picture(1500, 1500), "PNG")
    files = files_in(store_folder)
    allow(asset["bytes"] + 10)
    answer = await replace(alice, asset, large)
    assert (answer.status_code, answer.json()["code"]) == (413, "quota_exceeded")
    assert files_in(store_folder) == files
    assert (await replace(alice, asset, jpeg())).status_code == 200


async def test_who_has_not_seen_it_as_it_is_is_refused(alice: Person, asset: Json) -> None:
    assert (await replace(alice, asset, other(), tag="")).json()["code"] == "precondition_required"
    tags = [asset["tag"]] * 3
    answers = await asyncio.gather(*(replace(alice, asset, other(), tag=tag) for tag in tags))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    assert (await replace(alice, asset, other(), tag="*")).status_code == 200
    assert (await seen(alice, asset))["revision"] == 3


async def test_it_is_its_owners(alice: Person, bob: Person, charlie: Person, asset: Json) -> None:
    assert (await replace(bob, asset, other())).status_code == 404
    assert (await replace(charlie, asset, other())).status_code == 401
    assert (await replace(alice, asset | {"id": MISSING}, other())).status_code == 404
    await alice.send("DELETE", f"/api/v2/assets/{asset['id']}")
    assert (await replace(alice, asset, other(), tag="*")).status_code == 404


@pytest.mark.parametrize(
    ("content", "status"), [(text_named_jpg(), 415), (truncated(), 422), (b"", 422)], ids=["text", "truncated", "empty"]
)
async def test_what_is_no_picture_replaces_nothing(
    alice: Person, asset: Json, store_folder: Path, *, content: bytes, status: int
) -> None:
    before = files_in(store_folder)
    assert (await replace(alice, asset, content)).status_code == status
    assert await seen(alice, asset) == asset
    assert (await alice.get(asset["urls"]["thumb"])).status_code == 200
    assert files_in(store_folder) == before


async def test_what_was_drawn_of_the_old_picture_is_not_shown_as_the_new_one(
    alice: Person, database: Database, monkeypatch: pytest.MonkeyPatch, render: Any, store_folder: Path
) -> None:
    asset = await seen(alice, await alice.has_uploaded(jpeg()))
    begun, replaced = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    draw = renditions_draw

    def slowly(*arguments: Any) -> Any:
        drawn = draw(*arguments)
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(replaced.wait(), loop).result()
        return drawn

    monkeypatch.setattr(services, "renditions_draw", slowly)
    drawing = asyncio.create_task(asyncio.to_thread(render, asset))
    await begun.wait()
    assert (await replace(alice, asset, other())).status_code == 200
    replaced.set()
    await drawing
    assert (await seen(alice, asset))["state"] == "processing"
    assert files_in(store_folder) == 1
    monkeypatch.undo()
    render(asset)
    assert (await seen(alice, asset))["state"] == "ready"


async def test_a_failed_one_can_be_replaced(alice: Person, render: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise Undecodable("out of colours")

    asset = await alice.has_uploaded(jpeg())
    with monkeypatch.context() as broken:
        broken.setattr(Decoder, "render", refuse)
        render(asset)
    failed = await seen(alice, asset)
    assert failed["state"] == "failed"
    new = (await replace(alice, failed, other())).json()
    assert (new["state"], new["reason"]) == ("processing", None)
