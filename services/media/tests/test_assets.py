"""One's own pictures."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from chassis.events.databases.sqlalchemy import SqlAlchemyDatabase
from chassis.events.testing import published
from media_service.database import Database
from media_service.settings import MediaSettings
from media_service.testing.drawn import jpeg
from media_service.testing.people import Person, files_in
from sqlalchemy import Engine, event

MISSING = "01900000-0000-7000-8000-0000000000ff"


async def test_the_owner_sees_an_asset_as_it_was_answered(alice: Person) -> None:
    asset = await alice.has_uploaded(jpeg(), alt="x")
    answer = await alice.get(f"/api/v1/media/{asset['id']}")
    assert (answer.status_code, answer.json()) == (200, asset)
    assert answer.headers["x-content-type-options"] == "nosniff"


def _segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


@pytest.mark.parametrize(
    "segment",
    [
        _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x xmlns:hdrgm='http://ns.adobe.com/hdr-gain-map/1.0/'/>"),
        _segment(0xE2, b"urn:iso:std:iso:ts:21496:-1\0\0\0\0\0"),
    ],
    ids=["Ultra HDR", "ISO 21496-1"],
)
async def test_an_asset_says_that_its_gain_map_is_not_kept(alice: Person, bob: Person, segment: bytes) -> None:
    plain, second = jpeg(), jpeg(32, 24)
    hers = await alice.has_uploaded(plain[:2] + segment + plain[2:] + second)
    his = await bob.has_uploaded(plain)
    assert (await alice.get(f"/api/v1/media/{hers['id']}")).json()["left_out"] == ["gain_map"]
    assert (await bob.get(f"/api/v1/media/{his['id']}")).json()["left_out"] == []
    assert (await alice.get(hers["urls"]["original"])).content == (await bob.get(his["urls"]["original"])).content


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/content")])
async def test_an_asset_is_its_owners_alone(
    alice: Person, bob: Person, charlie: Person, method: str, path: str
) -> None:
    asset = await alice.has_uploaded(jpeg())
    options: dict[str, Any] = {"json": {"alt": "mine"}} if method == "PATCH" else {}
    own, missing = f"/api/v1/media/{asset['id']}{path}", f"/api/v1/media/{MISSING}{path}"
    assert (await bob.send(method, own, **options)).status_code == 404
    assert (await alice.send(method, missing, **options)).status_code == 404
    assert (await charlie.send(method, own, **options)).status_code == 401
    assert (await alice.get(f"/api/v1/media/{asset['id']}")).json() == asset


@pytest.mark.parametrize("name", ["x", "0", "%00", "%FF", "a" * 4000, MISSING.upper(), MISSING.replace("-", ""), "{}"])
async def test_what_is_no_id_is_not_found(alice: Person, name: str) -> None:
    for path in (f"/api/v1/media/{name}", f"/api/v1/media/{name}/content", f"/m/{name}/thumb.webp"):
        assert (await alice.get(path)).status_code == 404


async def test_pages_show_the_owners_assets_newest_first(
    alice: Person, bob: Person, own_settings: MediaSettings
) -> None:
    made = [(await alice.has_uploaded(jpeg(8 + number, 8)))["id"] for number in range(5)]
    await bob.has_uploaded(jpeg())

    first = (await alice.get("/api/v1/media?page_size=2")).json()
    url = f"{own_settings.public_url}/api/v1/media"
    assert [asset["id"] for asset in first["results"]] == made[:2:-1]
    assert (first["count"], first["previous"], first["next"]) == (5, None, f"{url}?page_size=2&page=2")

    last = (await alice.get("/api/v1/media?page=3&page_size=2")).json()
    assert [asset["id"] for asset in last["results"]] == made[:1]
    assert (last["previous"], last["next"]) == (f"{url}?page=2&page_size=2", None)


async def test_a_page_has_twenty_and_at_most_a_hundred(alice: Person, charlie: Person) -> None:
    empty = await alice.get("/api/v1/media?page_size=5000")
    assert empty.json() == {"count": 0, "next": None, "previous": None, "results": []}
    assert (await charlie.get("/api/v1/media")).status_code == 401


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=-1", "page=1e9", "page_size=0", "page=2&page=3"])
async def test_senseless_queries_are_refused(alice: Person, query: str) -> None:
    answer = await alice.get(f"/api/v1/media?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "filter_invalid")
    assert answer.json()["detail"].startswith(query.partition("=")[0])


async def test_an_unknown_parameter_is_refused(alice: Person) -> None:
    answer = await alice.get("/api/v1/media?colour=red")
    assert (answer.status_code, answer.json()["code"]) == (400, "filter_unknown")


@pytest.mark.parametrize("number", ["2", "1000000000", "9" * 30])
async def test_a_page_past_the_end_is_not_found(alice: Person, number: str) -> None:
    answer = await alice.get(f"/api/v1/media?page={number}")
    assert (answer.status_code, answer.json()["code"]) == (404, "page_not_found")


async def test_the_alternative_text_can_be_changed(alice: Person) -> None:
    asset = await alice.has_uploaded(jpeg(), alt="old")
    own = f"/api/v1/media/{asset['id']}"
    for change, alt in (({}, "old"), ({"alt": "Neu ✓"}, "Neu ✓"), ({"alt": ""}, ""), ({"width": 1, "alt": "b"}, "b")):
        answer = await alice.send("PATCH", own, json=change)
        assert (answer.status_code, answer.json()) == (200, asset | {"alt": alt})
    assert (await alice.get(own)).json()["alt"] == "b"


@pytest.mark.parametrize("alt", [None, 1, ["x"], "x" * 1001, "a\u200e\ufffe"])
async def test_a_wrong_alternative_text_is_named(alice: Person, alt: object) -> None:
    asset = await alice.has_uploaded(jpeg())
    answer = await alice.send("PATCH", f"/api/v1/media/{asset['id']}", json={"alt": alt})
    assert (answer.status_code, list(answer.json())) == (400, ["alt"])


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"alt": "\\ud800"}', "application/json", 400),
        (b"[]", "application/json", 400),
        (b"alt=x", "application/x-www-form-urlencoded", 415),
        (b"", "application/json", 400),
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(
    alice: Person, content: bytes, content_type: str, status: int
) -> None:
    own = f"/api/v1/media/{(await alice.has_uploaded(jpeg()))['id']}"
    answer = await alice.send("PATCH", own, content=content, headers={"content-type": content_type})
    assert answer.status_code == status


async def test_a_removed_asset_is_seen_no_more(alice: Person, charlie: Person, render: Any, database: Database) -> None:
    asset = await alice.has_uploaded(jpeg())
    render(asset)

    answer = await alice.send("DELETE", f"/api/v1/media/{asset['id']}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert (await alice.get(f"/api/v1/media/{asset['id']}")).status_code == 404
    assert (await charlie.get(asset["urls"]["thumb"])).status_code == 404
    assert (await alice.send("DELETE", f"/api/v1/media/{asset['id']}")).status_code == 404
    event = published(SqlAlchemyDatabase(database.engine))[-1]
    assert (event.type, event.sequence, event.data["asset_id"]) == ("media.asset.removed.v1", 3, asset["id"])


async def test_files_stay_while_another_asset_shows_them(
    alice: Person, bob: Person, charlie: Person, render: Any, store_folder: Any
) -> None:
    hers, his = await alice.has_uploaded(jpeg()), await bob.has_uploaded(jpeg())
    for _ in range(2):  # into the trash, and out of it
        await alice.send("DELETE", f"/api/v2/assets/{hers['id']}")
    render(his)
    assert (await charlie.get(his["urls"]["thumb"])).status_code == 200
    for _ in range(2):
        await bob.send("DELETE", f"/api/v2/assets/{his['id']}")
    assert files_in(store_folder) == 0
    again = await alice.has_uploaded(jpeg())
    assert (await charlie.get(again["urls"]["original"])).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/media?page_size=100", "/api/v2/assets?limit=100"])
async def test_a_list_takes_as_many_queries_for_fifty_as_for_one(alice: Person, path: str) -> None:
    counts = []
    for made, rows in ((0, 1), (1, 50)):
        for number in range(made, rows):
            await alice.has_uploaded(jpeg(32 + number, 24))
        with queries() as asked:
            answer = (await alice.get(path)).json()
        assert len(answer.get("results", answer.get("items"))) == rows
        counts.append(len(asked))
    assert counts[0] == counts[1] > 0


@contextmanager
def queries() -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)
