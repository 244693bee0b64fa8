"""Uses that no event told of, or that none ended: what media knows is compared with what blog has."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis.metrics import gauge
from chassis.testing.local_server import LocalServer, Received
from media_service.database import Database
from media_service.keeping import comparing, tasks
from media_service.keeping.comparing import UsesDrift, uses_mend
from media_service.keeping.services import Using, uses_set
from media_service.settings import MediaSettings
from media_service.testing.drawn import jpeg
from media_service.testing.people import ALICE, Person
from uuid_utils.compat import uuid7

FIRST = UUID(int=0)
NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=2)


class Blog:
    """The posts that blog has, by their ids, each with its sequence and its pictures."""

    def __init__(self) -> None:
        self.posts: dict[UUID, comparing.Shown] = {}

    def shows(self, post: UUID, *assets: Any, sequence: int, changed_at: datetime = LONG_AGO) -> None:
        ids = frozenset(UUID(asset["id"]) for asset in assets)
        self.posts[post] = comparing.Shown(sequence, ids, ALICE, changed_at)

    def tell(self, after: UUID) -> Mapping[UUID, comparing.Shown]:
        following = sorted(post for post in self.posts if post > after)[: comparing.AT_ONCE]
        return {post: self.posts[post] for post in following}


@pytest.fixture
def blog() -> Blog:
    return Blog()


@pytest.fixture
def mend(database: Database, blog: Blog) -> Any:
    def all_of_them() -> UsesDrift:
        found, after = UsesDrift(), FIRST
        while True:
            drift = uses_mend(database, blog.tell, after, now=NOW)
            found.missing_uses += drift.missing_uses
            found.ended_uses += drift.ended_uses
            if drift.rest is None:
                return found
            after = drift.rest

    return all_of_them


def heard(database: Database, post: UUID, *assets: Any, sequence: int) -> None:
    """An event that arrived."""
    ids = [UUID(asset["id"]) for asset in assets]
    with database.writing() as session:
        uses_set(session, Using("blog", "post", post), ids, owner_id=ALICE, sequence=sequence, now=NOW)


async def users(person: Person, asset: Any) -> list[UUID]:
    answer = await person.get(f"/api/v2/assets/{asset['id']}/usage")
    return [UUID(use["id"]) for use in answer.json()["used_by"]]


async def test_a_use_that_was_never_told_is_found(alice: Person, blog: Blog, mend: Any) -> None:
    asset, post = await alice.has_uploaded(jpeg()), uuid7()
    blog.shows(post, asset, sequence=2)
    assert mend() == UsesDrift(missing_uses=1)
    assert await users(alice, asset) == [post]
    assert (await alice.send("DELETE", f"/api/v2/assets/{asset['id']}")).status_code == 409
    assert mend() == UsesDrift()


async def test_uses_whose_end_was_never_told_are_ended(
    alice: Person, blog: Blog, mend: Any, database: Database
) -> None:
    asset, other, changed, gone = await alice.has_uploaded(jpeg()), await alice.has_uploaded(jpeg(60)), uuid7(), uuid7()
    heard(database, changed, asset, other, sequence=2)
    heard(database, gone, asset, sequence=2)
    blog.shows(changed, other, sequence=3)
    assert mend() == UsesDrift(ended_uses=2)
    assert (await users(alice, asset), await users(alice, other)) == ([], [changed])
    assert (await alice.send("DELETE", f"/api/v2/assets/{asset['id']}")).status_code == 204


async def test_what_was_heard_and_lost_since_comes_back(
    alice: Person, blog: Blog, mend: Any, database: Database
) -> None:
    asset, post = await alice.has_uploaded(jpeg()), uuid7()
    heard(database, post, sequence=5)
    blog.shows(post, asset, sequence=5)
    assert mend() == UsesDrift(missing_uses=1)
    assert await users(alice, asset) == [post]


async def test_news_that_came_while_blog_was_asked_holds(alice: Person, blog: Blog, database: Database) -> None:
    asset, newer, post, written = await alice.has_uploaded(jpeg()), await alice.has_uploaded(jpeg(60)), uuid7(), uuid7()
    heard(database, post, asset, sequence=2)

    def tell(after: UUID) -> Mapping[UUID, comparing.Shown]:
        answer = blog.tell(after)
        heard(database, post, newer, sequence=3)
        heard(database, written, newer, sequence=1)
        return answer

    blog.shows(post, sequence=2)
    uses_mend(database, tell, FIRST, now=NOW)
    assert await users(alice, newer) == [post, written]


async def test_what_changed_lately_may_be_under_way(alice: Person, blog: Blog, mend: Any) -> None:
    asset = await alice.has_uploaded(jpeg())
    blog.shows(uuid7(), asset, sequence=2, changed_at=NOW)
    assert mend() == UsesDrift()
    assert await users(alice, asset) == []


async def test_pictures_of_others_and_none_are_no_drift(alice: Person, bob: Person, blog: Blog, mend: Any) -> None:
    blog.shows(uuid7(), await bob.has_uploaded(jpeg()), {"id": str(uuid7())}, sequence=2)
    assert mend() == UsesDrift()


async def test_the_way_goes_page_by_page_where_one_side_has_more(
    alice: Person, blog: Blog, mend: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "AT_ONCE", 2)
    asset, posts = await alice.has_uploaded(jpeg()), [uuid7() for _ in range(9)]
    for post in posts[:5]:
        heard(database, post, asset, sequence=1)
    for post in posts[4:]:
        blog.shows(post, asset, sequence=1)
    assert mend() == UsesDrift(missing_uses=4, ended_uses=4)
    assert sorted(await users(alice, asset)) == posts[4:]


async def test_the_job_asks_blog_and_tells_what_was_wrong(
    alice: Person, http_server: LocalServer, own_settings: MediaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset, post = await alice.has_uploaded(jpeg()), uuid7()
    row: dict[str, Any] = {"object_id": str(post), "media_ids": [asset["id"]], "author_id": str(ALICE)}
    row |= {"sequence": 1, "changed_at": "2026-01-01T00:00:00.000Z"}

    def reply(request: Received) -> tuple[int, bytes]:
        if request.path == "/internal/tokens":
            return 200, b'{"access_token": "of media", "expires_in": 600}'
        return 200, json.dumps({"objects": [row]}).encode()

    http_server.reply = reply
    asked = own_settings.model_copy(update={"auth_url": http_server.url, "blog_url": http_server.url})
    monkeypatch.setattr(tasks, "settings", lambda: asked)
    tasks.uses_reconcile()
    assert http_server.requests[-1].path.startswith("/internal/media-refs")
    assert await users(alice, asset) == [post]
    assert gauge("media_uses_drift").labels("missing_uses")._value.get() == 1
    tasks.uses_reconcile()
    assert gauge("media_uses_drift").labels("missing_uses")._value.get() == 0
