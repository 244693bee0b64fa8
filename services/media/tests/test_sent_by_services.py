"""Pictures that another service sends for a user, and takes back when its own request comes to nothing."""

from pathlib import Path
from uuid import UUID

import httpx
import pytest
from chassis.events.databases.sqlalchemy import SqlAlchemyDatabase
from chassis.events.testing import published
from chassis.internal_client import CALLER_TOKEN_HEADER
from chassis.testing import TokenMint
from media_service.database import Database
from media_service.testing.drawn import jpeg
from media_service.testing.people import ALICE, BOB, Person, files_in
from uuid_utils.compat import uuid7


class Blog:
    """Blog, as it talks to media."""

    def __init__(self, http: httpx.AsyncClient, mint: TokenMint, client: str = "blog") -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {mint.service(client, 'media')}"}

    async def sends(self, asset_id: UUID, content: bytes, token: str | None) -> httpx.Response:
        shown = {CALLER_TOKEN_HEADER: f"Bearer {token}"} if token else {}
        return await self._http.put(f"/internal/assets/{asset_id}", content=content, headers=self._headers | shown)

    async def releases(self, asset_id: UUID, owner_id: UUID = ALICE) -> httpx.Response:
        params = {"owner_id": str(owner_id)}
        return await self._http.delete(f"/internal/assets/{asset_id}", params=params, headers=self._headers)


@pytest.fixture
def blog(http: httpx.AsyncClient, mint: TokenMint) -> Blog:
    return Blog(http, mint)


@pytest.fixture
def token(mint: TokenMint) -> str:
    """Alice's."""
    return mint.access(ALICE, "alice", scope="media")


async def test_a_picture_is_its_users(blog: Blog, alice: Person, token: str) -> None:
    asset_id = uuid7()
    answer = await blog.sends(asset_id, jpeg(), token)
    assert (answer.status_code, answer.json()["id"]) == (201, str(asset_id))
    assert (await alice.get(f"/api/v1/media/{asset_id}")).json() == answer.json()


async def test_the_user_must_be_one_who_may_upload(blog: Blog, mint: TokenMint, http: httpx.AsyncClient) -> None:
    posts_alone = mint.access(ALICE, "alice", scope="posts")
    assert (await blog.sends(uuid7(), jpeg(), None)).json()["code"] == "token_missing"
    assert (await blog.sends(uuid7(), jpeg(), "x")).json()["code"] == "token_malformed"
    assert (await blog.sends(uuid7(), jpeg(), posts_alone)).json()["code"] == "scope_missing"
    stranger = await http.put(f"/internal/assets/{uuid7()}", content=jpeg())
    assert stranger.json()["code"] == "service_token_invalid"


async def test_a_service_is_not_told_that_its_own_token_is_bad_where_the_users_is(blog: Blog) -> None:
    """It would get another one, and send the file once more."""
    refused = {None: "token_missing", "x": "token_malformed"}
    told = {shown: (await blog.sends(uuid7(), jpeg(), shown)).headers["www-authenticate"] for shown in refused}
    assert told == {shown: f'Bearer error="{code}"' for shown, code in refused.items()}


async def test_other_services_may_neither_send_nor_release(
    http: httpx.AsyncClient, mint: TokenMint, token: str
) -> None:
    auth = Blog(http, mint, "auth")
    assert (await auth.sends(uuid7(), jpeg(), token)).json()["code"] == "caller_not_listed"
    assert (await auth.releases(uuid7())).json()["code"] == "caller_not_listed"


async def test_bad_pictures_are_refused_as_in_uploads(blog: Blog, token: str, store_folder: Path) -> None:
    refused = {b"": "validation_failed", b"hello": "unsupported_media_type", jpeg()[:-400]: "image_refused"}
    for content, code in refused.items():
        assert (await blog.sends(uuid7(), content, token)).json()["code"] == code
    assert files_in(store_folder) == 0


async def test_a_released_picture_is_gone(
    blog: Blog, alice: Person, token: str, store_folder: Path, database: Database
) -> None:
    asset_id = uuid7()
    await blog.sends(asset_id, jpeg(), token)
    for _ in range(2):
        assert (await blog.releases(asset_id)).status_code == 204
    assert (await alice.get(f"/api/v1/media/{asset_id}")).status_code == 404
    assert files_in(store_folder) == 0
    told = [event.type for event in published(SqlAlchemyDatabase(database.engine))]
    assert told == ["media.asset.uploaded.v1", "media.shown.changed.v1", "media.asset.removed.v1"]


async def test_a_picture_that_comes_after_its_release_is_not_taken_in(blog: Blog, alice: Person, token: str) -> None:
    asset_id = uuid7()
    assert (await blog.releases(asset_id)).status_code == 204
    assert (await blog.sends(asset_id, jpeg(), token)).json()["code"] == "asset_id_used"
    assert (await alice.get("/api/v1/media")).json()["count"] == 0


async def test_an_id_is_used_once(blog: Blog, token: str) -> None:
    asset_id = uuid7()
    await blog.sends(asset_id, jpeg(), token)
    assert (await blog.sends(asset_id, jpeg(), token)).json()["code"] == "asset_id_used"


async def test_a_picture_is_released_for_its_owner_alone(blog: Blog, alice: Person, token: str) -> None:
    asset_id = uuid7()
    await blog.sends(asset_id, jpeg(), token)
    assert (await blog.releases(asset_id, BOB)).status_code == 404
    assert (await alice.get(f"/api/v1/media/{asset_id}")).status_code == 200
