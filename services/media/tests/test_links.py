"""Private pictures, and links that end."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis.events.databases.sqlalchemy import SqlAlchemyDatabase
from chassis.events.testing import published
from media_service.database import Database
from media_service.settings import MediaSettings
from media_service.signed_paths import SignedPath
from media_service.signing import Purpose, SigningKeys
from media_service.testing.drawn import encoded, jpeg, opened, photographed, picture
from media_service.testing.people import Json, Person

KEPT_NOWHERE = "private, no-store"


@pytest.fixture
async def asset(alice: Person, render: Any) -> Json:
    """A picture of alice's that is ready, and private."""
    asset = await alice.has_uploaded(encoded(photographed(picture(1000, 800))))
    render(asset)
    return await changed(alice, asset, visibility="private")


async def changed(who: Person, asset: Json, **fields: Any) -> Json:
    path = f"/api/v2/assets/{asset['id']}"
    tag = (await who.get(path)).headers["etag"]
    answer = await who.send("PATCH", path, json=fields, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    shown: Json = answer.json()
    return shown


async def linked(who: Person, asset: Json, **asked: Any) -> str:
    answer = await who.send("POST", f"/api/v2/assets/{asset['id']}/links", json={"expires_in": 600} | asked)
    assert answer.status_code == 201, answer.text
    left = datetime.fromisoformat(answer.json()["expires_at"]) - datetime.now(UTC)
    assert timedelta(seconds=595) < left <= timedelta(seconds=600)
    url: str = answer.json()["url"]
    return url


async def test_a_private_picture_has_no_public_address(alice: Person, charlie: Person, asset: Json) -> None:
    assert asset["visibility"] == "private"
    addresses = [*asset["urls"].values(), f"/m/{asset['id']}/thumb", f"/m/{asset['id']}/original.jpg"]
    for who in (alice, charlie):
        for url in addresses:
            answer = await who.get(url)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await alice.get(f"/api/v1/media/{asset['id']}/content")).status_code == 200
    await changed(alice, asset, visibility="public")
    assert (await charlie.get(asset["urls"]["thumb"])).status_code == 200


async def test_pictures_are_public_unless_it_is_said(alice: Person) -> None:
    asset = await alice.has_uploaded(jpeg())
    assert (await alice.get(f"/api/v2/assets/{asset['id']}")).json()["visibility"] == "public"
    assert (await changed(alice, asset, alt="x"))["visibility"] == "public"


@pytest.mark.parametrize(
    ("preset", "accept", "form", "size"),
    [
        ("thumb", "image/webp", "WEBP", (320, 256)),
        ("medium", "*/*", "JPEG", (800, 640)),
        ("original", "*/*", "JPEG", (1000, 800)),
    ],
)
async def test_a_link_shows_one_size_to_whoever_has_it(  # noqa: PLR0917  fixtures
    alice: Person, charlie: Person, asset: Json, preset: str, accept: str, form: str, size: tuple[int, int]
) -> None:
    answer = await charlie.get(await linked(alice, asset, preset=preset), accept=accept)
    image = opened(answer.content)
    assert (answer.status_code, image.format, image.size) == (200, form, size)
    assert answer.headers["cache-control"] == KEPT_NOWHERE
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_link_is_of_the_original_unless_it_says_more(alice: Person, charlie: Person, asset: Json) -> None:
    assert (await linked(alice, asset)).endswith("/original")


async def test_parts_are_had_by_a_link_and_kept_nowhere_either(alice: Person, charlie: Person, asset: Json) -> None:
    url = await linked(alice, asset)
    whole = await charlie.get(url)
    part = await charlie.get(url, range="bytes=10-19", if_range=whole.headers["etag"])
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part.headers["cache-control"] == KEPT_NOWHERE
    same = await charlie.get(url, if_none_match=whole.headers["etag"])
    assert (same.status_code, same.headers["cache-control"]) == (304, KEPT_NOWHERE)


@pytest.mark.parametrize("end", ["time", "trash", "takedown"])
async def test_a_link_ends_at_once_also_for_parts(  # noqa: PLR0917  fixtures
    alice: Person, charlie: Person, asset: Json, own_settings: MediaSettings, http: Any, mint: Any, end: str
) -> None:
    url = await linked(alice, asset)
    etag = (await charlie.get(url)).headers["etag"]
    if end == "time":
        keys = SigningKeys(Purpose.LINKS, own_settings.signing_keys)
        url = SignedPath("l", UUID(asset["id"]), datetime.now(UTC) - timedelta(seconds=1), "/original").signed(keys)
    elif end == "trash":
        await alice.send("DELETE", f"/api/v2/assets/{asset['id']}")
    else:
        dana = Person(http, mint.access(UUID(int=7), "dana", roles=("moderator",), scope="media"))
        await dana.send("POST", f"/api/v2/assets/{asset['id']}/takedown", json={"reason": "not yours"})
    for asked in ({}, {"range": "bytes=0-9"}, {"if_none_match": etag}):
        answer = await charlie.get(url, **asked)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_nothing_of_a_link_can_be_changed(
    alice: Person, charlie: Person, asset: Json, own_settings: MediaSettings
) -> None:
    url = await linked(alice, asset, preset="thumb")
    other = await alice.has_uploaded(jpeg())
    for changed_url in (
        url.replace("/thumb", "/original"),
        url.replace(asset["id"], other["id"]),
        f"{url}?x=1".replace("/thumb", "/large"),
    ):
        answer = await charlie.get(changed_url)
        assert (answer.status_code, answer.json()["code"]) == (403, "signature_invalid")
    keys = SigningKeys(Purpose.TRANSFORMS, own_settings.signing_keys)
    foreign = SignedPath("l", UUID(asset["id"]), datetime.now(UTC) + timedelta(hours=1), "/original").signed(keys)
    assert (await charlie.get(foreign)).status_code == 403


@pytest.mark.parametrize(
    "field", [{"expires_in": 0}, {"expires_in": 30 * 86400 + 1}, {"expires_in": None}, {"preset": "huge"}]
)
async def test_wrong_fields_are_named(alice: Person, asset: Json, field: Json) -> None:
    answer = await alice.send("POST", f"/api/v2/assets/{asset['id']}/links", json={"expires_in": 60} | field)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(field))}"


async def test_only_the_owner_makes_links(bob: Person, charlie: Person, asset: Json) -> None:
    for who, status in ((bob, 404), (charlie, 401)):
        answer = await who.send("POST", f"/api/v2/assets/{asset['id']}/links", json={"expires_in": 60})
        assert answer.status_code == status


async def test_a_private_picture_is_transformed_only_where_that_ends(
    alice: Person, charlie: Person, asset: Json
) -> None:
    async def transformed(**more: Any) -> Any:
        body = {"operations": "resize:fit:50:50"} | more
        answer = await alice.send("POST", f"/api/v2/assets/{asset['id']}/transforms", json=body)
        return await charlie.get(answer.json()["url"])

    assert (await transformed()).status_code == 404
    ending = await transformed(expires_in=60)
    assert (ending.status_code, ending.headers["cache-control"]) == (200, KEPT_NOWHERE)


async def test_caches_are_told_when_a_picture_becomes_private_or_public(alice: Person, database: Database) -> None:
    asset = await alice.has_uploaded(jpeg())
    for visibility in ("private", "private", "public"):
        await changed(alice, asset, visibility=visibility, alt="A river")
    told = [event for event in published(SqlAlchemyDatabase(database.engine)) if event.type == "media.shown.changed.v1"]
    assert [event.data for event in told] == [{"asset_id": asset["id"]}] * 2
