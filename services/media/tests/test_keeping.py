"""Why pictures are kept, and when they go."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from chassis.events import testing
from chassis.events.databases.sqlalchemy import SqlAlchemyDatabase
from chassis.events.envelope import Event
from chassis.testing import TokenMint
from chassis.tokens.verifier import Verifier
from media_service.assets.models import Asset
from media_service.database import Database
from media_service.events import HANDLERS
from media_service.keeping import services, tasks
from media_service.keeping.models import UsingObject
from media_service.keeping.services import Using, uses_set
from media_service.settings import MediaSettings
from media_service.testing.drawn import jpeg
from media_service.testing.people import ALICE, BOB, Person, files_in
from sqlalchemy import text
from uuid_utils.compat import uuid7

POST = Using("blog", "post", UUID("01900000-0000-7000-8000-000000000201"))
DAY = timedelta(days=1)


@pytest.fixture
def dana(http: httpx.AsyncClient, mint: TokenMint) -> Person:
    """Staff."""
    return Person(http, mint.access(uuid7(), "dana", scope="media", roles=("moderator",)))


@pytest.fixture
def say(database: Database) -> Any:
    """What a post uses from now on; later words have larger sequences."""
    said = iter(range(1, 100))

    def use(*assets: Any, owner_id: UUID | None = ALICE, sequence: int | None = None, using: Using = POST) -> None:
        ids = [UUID(asset["id"]) for asset in assets]
        with database.writing() as session:
            uses_set(session, using, ids, owner_id=owner_id, sequence=sequence or next(said), now=datetime.now(UTC))

    return use


@pytest.fixture
def pass_days(database: Database) -> Any:
    """Everything that was noted lies so many days further back, and the jobs run."""

    def run(days: float) -> None:
        with database.writing() as session:
            for asset in session.query(Asset):
                asset.unused_since = asset.unused_since and asset.unused_since - days * DAY
                asset.trashed_at = asset.trashed_at and asset.trashed_at - days * DAY
        tasks.assets_sweep()

    return run


async def usage(person: Person, asset: Any) -> Any:
    answer = await person.get(f"/api/v2/assets/{asset['id']}/usage")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def state(person: Person, asset: Any) -> str:
    answer = await person.get(f"/api/v2/assets/{asset['id']}")
    return str(answer.json().get("state", answer.status_code))


def events(database: Database) -> list[Event]:
    return testing.published(SqlAlchemyDatabase(database.engine))


async def test_an_unused_picture_is_kept_for_its_grace_then_an_orphan_then_in_the_trash_then_gone(  # noqa: PLR0917  fixtures
    alice: Person, charlie: Person, render: Any, pass_days: Any, store_folder: Any, database: Database
) -> None:
    asset = await alice.has_uploaded(jpeg())
    render(asset)
    seen = [await state(alice, asset)]
    assert (await usage(alice, asset))["kept_because"] == "grace"
    pass_days(31)
    seen.append(await state(alice, asset))
    assert (await charlie.get(asset["urls"]["thumb"])).status_code == 200
    assert (await alice.get(f"/api/v1/media/{asset['id']}")).json()["status"] == "ready"
    pass_days(30)
    seen.append(await state(alice, asset))
    assert (await usage(alice, asset))["kept_because"] == "trash"
    for path in (f"/api/v1/media/{asset['id']}", f"/api/v1/media/{asset['id']}/content", asset["urls"]["thumb"]):
        assert (await alice.get(path)).status_code == 404
    assert (await alice.get("/api/v1/media")).json()["count"] == 0
    told = events(database)[-1]
    assert (told.type, told.data["cause"]) == ("media.asset.removed.v1", "unused")
    pass_days(31)
    seen.append(await state(alice, asset))
    assert seen == ["ready", "orphan", "trashed", "404"]
    assert files_in(store_folder) == 0


async def test_a_used_picture_says_by_what_and_stays(alice: Person, bob: Person, say: Any, pass_days: Any) -> None:
    asset = await alice.has_uploaded(jpeg())
    say(asset)
    told = await usage(alice, asset)
    assert [(use["service"], use["type"], use["id"]) for use in told["used_by"]] == [
        ("blog", "post", str(POST.object_id))
    ]
    assert (told["kept_because"], told["goes_at"]) == ("used", None)
    pass_days(1000)
    assert await state(alice, asset) == "processing"
    assert (await bob.get(f"/api/v2/assets/{asset['id']}/usage")).status_code == 404


async def test_when_its_last_use_ends_the_grace_begins(alice: Person, say: Any, pass_days: Any) -> None:
    asset = await alice.has_uploaded(jpeg())
    say(asset)
    avatar = Using("auth", "profile", ALICE)
    say(asset, using=avatar)
    say()
    assert (await usage(alice, asset))["kept_because"] == "used"
    pass_days(50)
    say(using=avatar)
    told = await usage(alice, asset)
    goes_at = datetime.fromisoformat(told["goes_at"]) - datetime.now(UTC)
    assert (told["kept_because"], 59 * DAY < goes_at <= 60 * DAY) == ("grace", True)


async def test_a_use_that_was_told_late_changes_nothing(alice: Person, say: Any) -> None:
    asset = await alice.has_uploaded(jpeg())
    say(sequence=7)
    say(asset, sequence=6)
    say(asset, sequence=7)
    assert (await usage(alice, asset))["used_by"] == []


async def test_nobody_keeps_the_picture_of_another(alice: Person, say: Any) -> None:
    asset = await alice.has_uploaded(jpeg())
    say(asset, owner_id=BOB)
    assert (await usage(alice, asset))["used_by"] == []
    assert (await alice.send("DELETE", f"/api/v2/assets/{asset['id']}")).status_code == 204


async def test_a_picture_that_was_there_before_uses_were_counted_stays(
    alice: Person, database: Database, pass_days: Any
) -> None:
    asset = await alice.has_uploaded(jpeg())
    with database.writing() as session:
        session.get_one(Asset, UUID(asset["id"])).unused_since = None
    pass_days(1000)
    assert await usage(alice, asset) == {"used_by": [], "kept_because": "grace", "goes_at": None}


async def test_a_use_takes_an_unused_picture_out_of_the_trash_but_not_a_deleted_one(
    alice: Person, render: Any, say: Any, pass_days: Any, database: Database
) -> None:
    unused, deleted = await alice.has_uploaded(jpeg()), await alice.has_uploaded(jpeg(80, 60))
    render(unused)
    pass_days(61)
    assert await state(alice, unused) == "trashed"
    await alice.send("DELETE", f"/api/v1/media/{deleted['id']}")
    say(unused, deleted)
    assert [await state(alice, asset) for asset in (unused, deleted)] == ["ready", "trashed"]
    assert events(database)[-1].type == "media.asset.ready.v1"


async def test_nothing_unused_goes_while_events_wait(
    alice: Person, render: Any, database: Database, pass_days: Any
) -> None:
    asset = await alice.has_uploaded(jpeg())
    render(asset)
    with database.writing() as session:
        session.execute(
            text(
                "INSERT INTO inbox_event (consumer, event_id, type, partition_key, sequence, state, attempts, envelope,"
                " received_at) VALUES ('media.blog-events', '01900000-0000-7000-8000-000000000001', 'x', 'x', 1, "
                "'dead', 8, 'x', '2026-11-23 10:00:00')"
            )
        )
    pass_days(1000)
    assert await state(alice, asset) == "orphan"


@pytest.mark.parametrize("path", ["/api/v1/media", "/api/v2/assets"])
async def test_a_used_picture_is_deleted_only_by_force(  # noqa: PLR0917  fixtures
    alice: Person, charlie: Person, say: Any, database: Database, verifier: Verifier, path: str
) -> None:
    asset = await alice.has_uploaded(jpeg())
    say(asset)
    refused = await alice.send("DELETE", f"{path}/{asset['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "asset_in_use")
    assert refused.json()["usage"] == await usage(alice, asset)
    senseless = await alice.send("DELETE", f"{path}/{asset['id']}?force=perhaps")
    assert (senseless.status_code, senseless.json()["code"]) == (400, "filter_invalid")
    assert (await alice.send("DELETE", f"{path}/{asset['id']}?force=true")).status_code == 204
    assert (await charlie.get(asset["urls"]["original"])).status_code == 404
    told = events(database)[-1]
    assert (told.type, told.data["cause"], told.data["uses"], told.actor) == (
        "media.asset.removed.v1",
        "deleted",
        1,
        str(ALICE),
    )
    claims = verifier.verify(alice.headers["Authorization"].removeprefix("Bearer "))
    assert told.data["session_id"] == str(claims.sid)


@pytest.mark.parametrize("path", ["/api/v1/media", "/api/v2/assets"])
@pytest.mark.parametrize(
    "claims", [{"auth_time": int(time.time()) - 601}, {"auth_time": None}, {"auth_time": None, "personal": True}]
)
async def test_only_who_has_just_logged_in_deletes_a_used_picture(  # noqa: PLR0917  fixtures
    alice: Person, http: httpx.AsyncClient, mint: TokenMint, say: Any, path: str, claims: Any
) -> None:
    asset, unused = await alice.has_uploaded(jpeg()), await alice.has_uploaded(jpeg())
    say(asset)
    later = Person(http, mint.access(ALICE, "alice", scope="media", **claims))
    refused = await later.send("DELETE", f"{path}/{asset['id']}?force=true")
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
    assert await state(alice, asset) == "processing"
    assert (await later.send("DELETE", f"{path}/{unused['id']}?force=true")).status_code == 204


async def test_a_deleted_picture_can_be_restored_or_removed_for_good(
    alice: Person, bob: Person, charlie: Person, render: Any, store_folder: Any
) -> None:
    asset = await alice.has_uploaded(jpeg())
    render(asset)
    own = f"/api/v2/assets/{asset['id']}"
    assert (await alice.send("DELETE", own)).status_code == 204
    assert (await alice.send("DELETE", f"/api/v1/media/{asset['id']}")).status_code == 404
    assert (await bob.send("POST", f"{own}/restore")).status_code == 404
    assert (await alice.send("POST", f"{own}/restore")).json()["state"] == "ready"
    assert (await charlie.get(asset["urls"]["thumb"])).status_code == 200
    for _ in range(2):
        assert (await alice.send("DELETE", own)).status_code == 204
    assert files_in(store_folder) == 0
    assert (await alice.send("DELETE", own)).status_code == 404


async def test_what_is_drawn_while_it_lies_in_the_trash_is_told_when_it_is_restored(
    alice: Person, render: Any, database: Database
) -> None:
    asset = await alice.has_uploaded(jpeg())
    await alice.send("DELETE", f"/api/v2/assets/{asset['id']}")
    render(asset)
    assert events(database)[-1].type == "media.asset.removed.v1"
    assert (await alice.send("POST", f"/api/v2/assets/{asset['id']}/restore")).json()["state"] == "ready"
    assert [len(event.data["renditions"]) for event in events(database)[-1:]] == [3]


async def test_staff_takes_a_picture_down_with_a_reason(  # noqa: PLR0917  fixtures
    alice: Person, bob: Person, dana: Person, charlie: Person, say: Any, database: Database
) -> None:
    asset = await alice.has_uploaded(jpeg())
    say(asset)
    own = f"/api/v2/assets/{asset['id']}"
    assert (await bob.send("POST", f"{own}/takedown", json={"reason": "I envy it"})).status_code == 403
    for senseless in ({}, {"reason": ""}, {"reason": "x" * 501}, {"reason": "a\ufffe"}, {"reason": 7}):
        assert (await dana.send("POST", f"{own}/takedown", json=senseless)).status_code == 422
    assert (await dana.send("POST", f"{own}/takedown", json={"reason": "Not hers to show."})).status_code == 204
    assert (await charlie.get(asset["urls"]["original"])).status_code == 404
    seen = (await alice.get(own)).json()
    assert (seen["state"], seen["reason"]) == ("trashed", "Not hers to show.")
    for method, path in (("POST", f"{own}/restore"), ("DELETE", own)):
        refused = await alice.send(method, path)
        assert (refused.status_code, refused.json()["code"]) == (409, "asset_taken_down")
    assert events(database)[-1].data["cause"] == "taken_down"
    missing = await dana.send("POST", f"/api/v2/assets/{uuid7()}/takedown", json={"reason": "x"})
    assert missing.status_code == 404


@pytest.mark.parametrize(
    "claims", [{"auth_time": int(time.time()) - 601}, {"auth_time": None}, {"auth_time": None, "personal": True}]
)
async def test_only_staff_who_has_just_logged_in_takes_a_picture_down(
    alice: Person, http: httpx.AsyncClient, mint: TokenMint, claims: Any
) -> None:
    asset = await alice.has_uploaded(jpeg())
    later = Person(http, mint.access(uuid7(), "dana", scope="media", roles=("moderator",), **claims))
    for picture in (asset["id"], uuid7()):
        refused = await later.send("POST", f"/api/v2/assets/{picture}/takedown", json={"reason": "Not hers to show."})
        assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
    assert await state(alice, asset) == "processing"


async def test_the_list_shows_the_trash_too_and_goes_by_cursor(alice: Person, bob: Person) -> None:
    made = [(await alice.has_uploaded(jpeg(8 + number, 8)))["id"] for number in range(3)]
    await bob.has_uploaded(jpeg())
    await alice.send("DELETE", f"/api/v2/assets/{made[1]}")
    first = (await alice.get("/api/v2/assets?limit=2")).json()
    second = (await alice.get(f"/api/v2/assets?limit=2&cursor={first['next_cursor']}")).json()
    assert [asset["id"] for asset in first["items"] + second["items"]] == made[::-1]
    assert [asset["state"] for asset in first["items"]] == ["processing", "trashed"]
    assert second["next_cursor"] is None
    assert (await alice.get("/api/v2/assets?cursor=made-up")).json()["code"] == "cursor_invalid"


async def test_an_asset_that_is_as_it_was_is_not_sent_again(alice: Person, render: Any) -> None:
    asset = await alice.has_uploaded(jpeg())
    own = f"/api/v2/assets/{asset['id']}"
    tag = (await alice.get(own)).headers["etag"]
    assert (await alice.get(own, if_none_match=tag)).status_code == 304
    render(asset)
    assert (await alice.get(own, if_none_match=tag)).status_code == 200


OF_NO_USE = {"auth.erasure.execute.v1", "auth.erasure.completed.v1", "auth.export.asked.v1"}


@pytest.mark.parametrize("event_type", sorted(HANDLERS.keys() - OF_NO_USE))
def test_what_others_tell_of_their_uses_is_heeded_once(database: Database, event_type: str) -> None:
    event = testing.example(event_type)
    for _ in range(2):
        with database.writing() as session:
            HANDLERS[event_type](session, event)
    with database.reading() as session:
        assert session.query(UsingObject).one().sequence == event.sequence


async def test_an_avatar_is_a_use(alice: Person, database: Database) -> None:
    asset = await alice.has_uploaded(jpeg())
    event = testing.example("auth.profile.updated.v1")
    event.data.update(user_id=str(ALICE), avatar=asset["id"])
    with database.writing() as session:
        HANDLERS[event.type](session, event)
    assert [use["type"] for use in (await usage(alice, asset))["used_by"]] == ["profile"]


async def test_an_asset_restored_meanwhile_is_not_purged(
    alice: Person, database: Database, own_settings: MediaSettings
) -> None:
    asset = await alice.has_uploaded(jpeg())
    now = datetime.now(UTC)
    with database.writing() as session:
        assert services.asset_purge_if_over(session, UUID(asset["id"]), terms=own_settings.terms, now=now) == []
    assert await state(alice, asset) == "processing"


async def test_caches_are_told_of_what_is_shown_no_more(alice: Person, dana: Person, database: Database) -> None:
    deleted, taken_down = await alice.has_uploaded(jpeg()), await alice.has_uploaded(jpeg(width=40))
    await alice.send("DELETE", f"/api/v1/media/{deleted['id']}")
    await dana.send("POST", f"/api/v2/assets/{taken_down['id']}/takedown", json={"reason": "Not hers to show."})
    changed = [event.data for event in events(database) if event.type == "media.shown.changed.v1"]
    assert changed == [{"asset_id": deleted["id"]}, {"asset_id": taken_down["id"]}]
