"""The short way to a rendition that is ready: it gives what the long way gives, and all else goes the long way."""

import sqlite3
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from media_service.renditions.shortcut import ReadyRenditions
from media_service.storage.store import Store
from media_service.testing.drawn import jpeg
from media_service.testing.people import Json, Person

CONDITIONS: list[dict[str, str]] = [
    {},
    {"accept": "image/webp,*/*"},
    {"accept": "image/webp", "range": "bytes=0-9"},
    {"accept": "image/webp", "range": "bytes=0-9,20-29"},
    {"accept": "image/webp", "range": "bytes=9999999-"},
    {"accept": "image/webp", "if_none_match": "*"},
    {"accept": "image/webp", "if_modified_since": "Sat, 01 Jan 2050 00:00:00 GMT"},
]


@pytest.fixture
async def asset(alice: Person, render: Any) -> Json:
    asset = await alice.has_uploaded(jpeg())
    render(asset)
    return asset


@pytest.fixture
def shown_shortly(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each request for a picture went the short way."""
    went: list[bool] = []
    answer = ReadyRenditions.answer

    async def recorded(*asked: Any) -> Any:
        found = await answer(*asked)
        went.append(found is not None)
        return found

    monkeypatch.setattr(ReadyRenditions, "answer", recorded)
    return went


def told(answer: httpx.Response) -> tuple[Any, ...]:
    """All of an answer but what is new each time: of several parts, what tells them apart."""
    boundary = answer.headers.get("content-type", "").partition("boundary=")[2]
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    if answer.status_code == 416:
        return answer.status_code, answer.json()["code"], headers["content-range"]
    known = {name: value.replace(boundary, "") if boundary else value for name, value in headers.items()}
    content = answer.content.replace(boundary.encode(), b"") if boundary else answer.content
    return answer.status_code, known, content


@pytest.mark.parametrize("headers", CONDITIONS)
async def test_both_ways_give_the_same(
    charlie: Person, asset: Json, headers: dict[str, str], shown_shortly: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = [f"/m/{asset['id']}{revision}/thumb{ending}" for revision in ("", "/1") for ending in ("", ".webp", ".jpg")]
    for url in urls:
        await charlie.get(url)  # what is not ready is made
    shown_shortly.clear()
    short = [told(await charlie.get(url, **headers)) for url in urls]
    assert all(shown_shortly) or "9999999" in headers.get("range", "")

    async def never(*_: object) -> None:
        return None

    monkeypatch.setattr(ReadyRenditions, "answer", never)
    assert short == [told(await charlie.get(url, **headers)) for url in urls]


async def test_what_may_not_be_seen_any_more_is_not_shown_the_short_way(
    alice: Person, charlie: Person, asset: Json, shown_shortly: list[bool]
) -> None:
    url = f"/m/{asset['id']}/1/thumb.webp"
    assert (await charlie.get(url)).status_code == 200
    own = await alice.get(f"/api/v2/assets/{asset['id']}")
    hidden = await alice.send(
        "PATCH", own.url.path, json={"visibility": "private"}, headers={"If-Match": own.headers["etag"]}
    )
    assert hidden.status_code == 200
    assert (await charlie.get(url)).status_code == 404
    shown = await alice.send(
        "PATCH", own.url.path, json={"visibility": "public"}, headers={"If-Match": hidden.headers["etag"]}
    )
    assert shown.status_code == 200
    assert (await charlie.get(url)).status_code == 200
    assert (await alice.send("DELETE", own.url.path)).status_code == 204
    assert (await charlie.get(url)).status_code == 404
    assert shown_shortly == [True, False, True, False]


async def test_what_is_wrong_with_a_token_is_said(asset: Json, http: httpx.AsyncClient) -> None:
    forged = Person(http, "forged")
    assert (await forged.get(f"/m/{asset['id']}/1/thumb.webp")).status_code == 401


async def test_a_database_that_is_busy_is_asked_the_long_way(
    charlie: Person, asset: Json, app: FastAPI, shown_shortly: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"/m/{asset['id']}/1/thumb.webp"

    def away(*_: object, **__: object) -> Any:
        raise psycopg.OperationalError

    def locked(*_: object, **__: object) -> Any:
        raise sqlite3.OperationalError

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", away)
    monkeypatch.setattr("media_service.quick_reads.sqlite3.connect", locked)
    assert (await charlie.get(url)).status_code == 200
    monkeypatch.undo()
    assert shown_shortly == [False]
    assert (await charlie.get(url)).status_code == 200


async def test_what_is_not_in_memory_is_read_from_the_store(
    charlie: Person, asset: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"/m/{asset['id']}/1/thumb.webp"
    at_hand = await charlie.get(url)
    monkeypatch.setattr(Store, "cached", lambda *_: None)
    assert told(await charlie.get(url)) == told(at_hand)


def test_a_folder_has_in_memory_what_was_just_written(store: Store) -> None:
    store.put("ab/kept.webp", b"0123456789")
    assert store.cached("ab/kept.webp", range(2, 5)) == b"234"
    assert store.cached("ab/kept.webp", range(5, 20)) is None
    assert store.cached("ab/gone.webp", range(1)) is None
