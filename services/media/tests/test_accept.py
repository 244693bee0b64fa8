"""Renditions in the form that a client takes: made when somebody asks, once, and never waited for long."""

import asyncio
import dataclasses
import threading
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from media_service.assets.models import Asset
from media_service.database import Database
from media_service.decoding.answers import Undecodable
from media_service.decoding.decoder import Decoder
from media_service.decoding.slots import FairSlots
from media_service.pictures.forms import AVIF, JPEG, WEBP
from media_service.renditions import again, answers
from media_service.renditions.accept import accepted
from media_service.renditions.forms import form_keep
from media_service.renditions.selectors import form_get
from media_service.storage.models import RenditionForm
from media_service.storage.store import FOLDERS, Store
from media_service.sweeping.reconciling import FOLDERS_AT_ONCE, Drift, folders_compare
from media_service.testing.drawn import difference, encoded, jpeg, opened, picture
from media_service.testing.people import ALICE, Json, Person, files_in
from PIL import Image
from sqlalchemy import select

CHROME = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
LIFE, SHORT_LIFE = "public, max-age=86400, s-maxage=3600", "public, max-age=60, s-maxage=60"


@pytest.fixture
async def asset(alice: Person, render: Any) -> Json:
    """A picture of alice's that is ready."""
    asset = await alice.has_uploaded(encoded(picture(400, 300)))
    render(asset)
    return asset


@pytest.fixture
async def same(bob: Person, asset: Json, render: Any) -> Json:
    """The same bytes, sent by bob after her."""
    same = await bob.has_uploaded(encoded(picture(400, 300)))
    render(same)
    return same


@pytest.fixture
def settled(app: FastAPI) -> Any:
    """Waits until no form is being made any more."""

    async def wait() -> None:
        while making := app.state.forms.making.under_way:
            await asyncio.wait(making)

    return wait


@pytest.mark.parametrize(
    ("header", "form"),
    [
        (CHROME, AVIF),
        ("image/webp,image/png,image/svg+xml,image/*;q=0.8", WEBP),
        ("image/png,image/*;q=0.8,*/*;q=0.5", JPEG),
        ("*/*", JPEG),
        ("", JPEG),
        ("IMAGE/AVIF ; Q=0.2", AVIF),
        ("image/avif;q=0, image/webp", WEBP),
        ("image/avif;q=much, image/webp;level=1", WEBP),
    ],
)
def test_the_smallest_form_that_is_named_is_given(header: str, form: str) -> None:
    assert accepted(header) == form


@pytest.mark.parametrize(("ending", "mime"), [("webp", WEBP), ("avif", AVIF), ("jpg", JPEG)])
async def test_an_ending_is_itself(charlie: Person, asset: Json, ending: str, mime: str, settled: Any) -> None:
    url = f"/m/{asset['id']}/1/thumb.{ending}"
    await charlie.get(url, accept="image/x-unknown")
    await settled()
    answer = await charlie.get(url, accept="image/x-unknown")
    assert (answer.status_code, answer.headers["content-type"]) == (200, mime)
    assert "vary" not in answer.headers
    assert answer.headers["cache-control"] == LIFE
    assert opened(answer.content).size == (320, 240)
    assert difference(opened(answer.content), picture(400, 300).resize((320, 240))) < 6


async def test_who_takes_avif_gets_webp_until_there_is_one(charlie: Person, asset: Json, settled: Any) -> None:
    url = f"/m/{asset['id']}/1/medium"
    first = await charlie.get(url, accept=CHROME)
    await settled()
    second = await charlie.get(url, accept=CHROME)
    assert [first.headers["content-type"], second.headers["content-type"]] == [WEBP, AVIF]
    assert [first.headers["cache-control"], second.headers["cache-control"]] == [SHORT_LIFE, LIFE]
    assert first.headers["etag"] != second.headers["etag"]
    assert second.headers["content-disposition"].endswith('-medium.avif"')
    unchanged = await charlie.get(url, accept=CHROME, if_none_match=second.headers["etag"])
    assert [answer.headers["vary"] for answer in (first, second, unchanged)] == ["Accept"] * 3
    assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_who_names_no_form_gets_a_jpeg(alice: Person, charlie: Person, render: Any) -> None:
    asset = await alice.has_uploaded(encoded(Image.new("RGBA", (40, 30), (0, 0, 0, 0)), "PNG"))
    render(asset)
    answer = await charlie.get(f"/m/{asset['id']}/1/thumb", accept="*/*")
    assert (answer.status_code, answer.headers["content-type"], answer.headers["vary"]) == (200, JPEG, "Accept")
    assert opened(answer.content).getpixel((5, 5)) == (255, 255, 255)
    head = await charlie.send("HEAD", f"/m/{asset['id']}/1/thumb", headers={"accept": "*/*"})
    assert (head.headers["etag"], head.content) == (answer.headers["etag"], b"")


async def test_a_picture_that_is_not_ready_is_promised_in_every_form(alice: Person, charlie: Person) -> None:
    asset = await alice.has_uploaded(jpeg())
    for name in ("thumb", "thumb.avif", "thumb.jpg"):
        answer = await charlie.get(f"/m/{asset['id']}/1/{name}", accept=CHROME)
        assert (answer.status_code, answer.headers["retry-after"], answer.content) == (202, "1", b"")
        assert answer.headers.get("vary") == ("Accept" if name == "thumb" else None)


async def test_it_is_made_once_however_many_ask(
    charlie: Person, asset: Json, settled: Any, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    drawn, draw = list[Any](), Decoder.render

    def counted(*asked: Any) -> Any:
        drawn.append(asked)
        return draw(*asked)

    monkeypatch.setattr(Decoder, "render", counted)
    await asyncio.gather(*[charlie.get(f"/m/{asset['id']}/1/thumb.jpg") for _ in range(5)])
    await settled()
    assert len(drawn) == 1
    with database.reading() as session:
        assert [form.mime for form in session.scalars(select(RenditionForm))] == [JPEG]


@pytest.mark.parametrize("at_once", [False, True])
async def test_that_somebody_else_has_had_it_shows_in_nothing(  # noqa: PLR0917  fixtures
    charlie: Person,
    asset: Json,
    same: Json,
    settled: Any,
    monkeypatch: pytest.MonkeyPatch,
    database: Database,
    store: Store,
    at_once: bool,
) -> None:
    """The same bytes, sent by bob: what he is told, and what it takes, is what alice was told and what it took."""
    drawn, draw = list[Any](), Decoder.render

    def counted(*asked: Any) -> Any:
        drawn.append(asked)
        return draw(*asked)

    monkeypatch.setattr(Decoder, "render", counted)

    async def asked(shown: Json) -> list[tuple[int, Any, Any]]:
        told = []
        for accept in (CHROME, "*/*"):
            answer = await charlie.get(f"/m/{shown['id']}/1/thumb", accept=accept)
            told.append((answer.status_code, answer.headers.get("content-type"), answer.headers.get("cache-control")))
            if not at_once:
                await settled()
        return told

    monkeypatch.setattr(answers, "FORM_SECONDS", 30)
    pictures = (asset, same)
    told = await asyncio.gather(*map(asked, pictures)) if at_once else [await asked(each) for each in pictures]
    await settled()
    assert told[0] == told[1] == [(200, WEBP, SHORT_LIFE), (200, JPEG, LIFE)]
    assert len(drawn) == 4
    with database.reading() as session:
        assert sorted(form.mime for form in session.scalars(select(RenditionForm))) == [AVIF, JPEG]
    assert drift(database, store) == Drift()
    again = await charlie.get(f"/m/{same['id']}/1/thumb", accept=CHROME)
    assert (again.headers["content-type"], len(drawn)) == (AVIF, 4)


async def test_nor_does_it_in_one_that_shows_its_first_picture_again(  # noqa: PLR0917  fixtures
    alice: Person, bob: Person, charlie: Person, asset: Json, render: Any, settled: Any
) -> None:
    """What is told of a picture that was there before is what was told of it then, though bob's keeps its file."""
    await bob.has_uploaded(encoded(picture(400, 300)))

    async def asked(revision: int) -> str:
        answer = await charlie.get(f"/m/{asset['id']}/{revision}/thumb", accept=CHROME)
        await settled()
        return answer.headers["content-type"]

    assert [await asked(1), await asked(1)] == [WEBP, AVIF]
    for content in (jpeg(), encoded(picture(400, 300))):
        tag = (await alice.get(f"/api/v2/assets/{asset['id']}")).headers["etag"]
        sent = {"content": content, "headers": {"If-Match": tag}}
        assert (await alice.send("PUT", f"/api/v2/assets/{asset['id']}/content", **sent)).status_code == 200
        render(asset)
    assert [await asked(3), await asked(3)] == [WEBP, AVIF]


async def test_what_was_drawn_of_a_replaced_picture_is_not_its_successors(
    alice: Person, asset: Json, render: Any, database: Database
) -> None:
    """Though that is the same: its own drawing has not been asked for."""
    with database.reading() as session:
        before = session.get_one(Asset, UUID(asset["id"]))
    with database.writing() as session:
        session.get_one(Asset, before.id).revision += 2
    form = RenditionForm(blob_id=before.blob_id, preset="thumb", mime=AVIF, sha256="0" * 64, bytes=1)
    with database.writing() as session:
        assert form_keep(session, form, before)
    with database.reading() as session:
        assert form_get(session, before, "thumb", AVIF) is None


async def test_one_that_is_drawn_otherwise_leaves_the_files_of_other_sizes(  # noqa: PLR0917  fixtures
    alice: Person,
    bob: Person,
    charlie: Person,
    render: Any,
    settled: Any,
    monkeypatch: pytest.MonkeyPatch,
    database: Database,
    store: Store,
) -> None:
    """A small picture is the same in each; alice's first was drawn by an encoder of before."""
    own, same = [await who.has_uploaded(encoded(picture(40, 30))) for who in (alice, bob)]
    render(own)
    render(same)
    draw = Decoder.render

    async def ask(shown: Json, preset: str, *, before: bool = False) -> None:
        def drawn(*asked: Any) -> Any:
            return [dataclasses.replace(each, content=each.content + b"before" * before) for each in draw(*asked)]

        monkeypatch.setattr(Decoder, "render", drawn)
        await charlie.get(f"/m/{shown['id']}/1/{preset}.jpg")
        await settled()

    await ask(own, "thumb", before=True)
    await ask(same, "thumb")
    assert drift(database, store) == Drift()  # what nobody has is gone
    await ask(own, "medium")
    await ask(own, "large", before=True)
    await ask(same, "large")
    assert drift(database, store) == Drift()
    assert (await charlie.get(f"/m/{own['id']}/1/medium.jpg")).status_code == 200


async def test_that_somebody_elses_could_not_be_drawn_keeps_nobody_from_theirs(  # noqa: PLR0917  fixtures
    charlie: Person,
    asset: Json,
    same: Json,
    settled: Any,
    monkeypatch: pytest.MonkeyPatch,
    database: Database,
    store: Store,
) -> None:
    def refuse(*_: object) -> None:
        raise Undecodable("the machine was slow")

    with monkeypatch.context() as slow:
        slow.setattr(Decoder, "render", refuse)
        await charlie.get(f"/m/{asset['id']}/1/thumb.jpg")
        await settled()
    await charlie.get(f"/m/{same['id']}/1/thumb.jpg")
    await settled()
    assert (await charlie.get(f"/m/{same['id']}/1/thumb.jpg")).status_code == 200
    assert drift(database, store) == Drift()


async def test_nobody_waits_for_long(
    charlie: Person, asset: Json, settled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, draw = threading.Event(), Decoder.render

    def slow(*asked: Any) -> Any:
        go_on.wait(30)
        return draw(*asked)

    monkeypatch.setattr(Decoder, "render", slow)
    monkeypatch.setattr(answers, "FORM_SECONDS", 0.01)
    for name, accept in (("thumb.jpg", CHROME), ("thumb", "*/*")):
        answer = await charlie.get(f"/m/{asset['id']}/1/{name}", accept=accept)
        assert (answer.status_code, answer.headers["retry-after"]) == (202, "1")
    go_on.set()
    await settled()
    assert (await charlie.get(f"/m/{asset['id']}/1/thumb.jpg")).status_code == 200


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sizes that are asked for, in the order in which they are drawn."""
    names, draw = list[str](), Decoder.render

    def named(*asked: Any) -> Any:
        (name,), form = asked[-2:]
        names.append(f"{name}.{form.removeprefix('image/')}")
        return draw(*asked)

    monkeypatch.setattr(Decoder, "render", named)
    monkeypatch.setattr(answers, "FORM_SECONDS", 0.01)
    return names


async def test_whoever_has_many_to_be_drawn_waits_for_his_own(  # noqa: PLR0917  fixtures
    app: FastAPI, charlie: Person, asset: Json, same: Json, settled: Any, drawn: list[str]
) -> None:
    async with AsyncExitStack() as busy:
        for _ in range(app.state.service.settings.decode_concurrency):
            await busy.enter_async_context(app.state.service.slots.slot("dana"))
        for name in ("thumb.jpg", "medium.jpg", "large.jpg"):
            await charlie.get(f"/m/{asset['id']}/1/{name}")
        await charlie.get(f"/m/{same['id']}/1/thumb.avif")
    await settled()
    assert drawn == ["thumb.jpeg", "medium.jpeg", "thumb.avif", "large.jpeg"]


async def test_nobody_elses_waits_for_the_uploads_of_an_owner(  # noqa: PLR0917  fixtures
    app: FastAPI, charlie: Person, asset: Json, same: Json, settled: Any, drawn: list[str]
) -> None:
    slots = app.state.forms.slots = FairSlots(1)

    async def upload() -> None:
        async with slots.slot(ALICE):
            drawn.append("upload")

    async with slots.slot("dana"):
        uploads = [asyncio.create_task(upload()) for _ in range(20)]
        await asyncio.sleep(0)
        await charlie.get(f"/m/{asset['id']}/1/thumb.jpg")
        await charlie.get(f"/m/{same['id']}/1/thumb.avif")
    await settled()
    await asyncio.gather(*uploads)
    forms = [name for name in drawn if name != "upload"]
    assert (forms, drawn[-1]) == (["thumb.jpeg", "thumb.avif"], "upload")


async def test_what_can_never_be_drawn_is_said_and_another_form_shown_where_that_will_do(  # noqa: PLR0917  fixtures
    charlie: Person, asset: Json, settled: Any, monkeypatch: pytest.MonkeyPatch, database: Database, store: Store
) -> None:
    tries = []

    def refuse(*_: object) -> None:
        tries.append(1)
        raise Undecodable("out of colours")

    monkeypatch.setattr(Decoder, "render", refuse)
    for _ in range(2):
        for name, accept in (("thumb.jpg", "*/*"), ("thumb.avif", "*/*"), ("thumb", "*/*")):
            answer = await charlie.get(f"/m/{asset['id']}/1/{name}", accept=accept)
            assert (answer.status_code, answer.json()["code"]) == (404, "rendition_failed")
    answer = await charlie.get(f"/m/{asset['id']}/1/thumb", accept=CHROME)
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("image/webp", LIFE)
    assert len(tries) == 2
    assert drift(database, store) == Drift()


async def test_what_cannot_be_made_now_is_tried_again_when_it_is_asked_for(
    charlie: Person, asset: Json, settled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as failing:
        failing.setattr(Decoder, "render", fail)
        assert (await charlie.get(f"/m/{asset['id']}/1/thumb.jpg")).status_code == 202
        await settled()
    assert (await charlie.get(f"/m/{asset['id']}/1/thumb.jpg")).status_code in {200, 202}
    await settled()
    assert (await charlie.get(f"/m/{asset['id']}/1/thumb.jpg")).status_code == 200


async def test_they_go_with_the_picture(  # noqa: PLR0917  fixtures
    alice: Person, charlie: Person, asset: Json, settled: Any, store_folder: Any, database: Database
) -> None:
    await charlie.get(f"/m/{asset['id']}/1/thumb.jpg")
    await settled()
    for _ in range(2):
        await alice.send("DELETE", f"/api/v2/assets/{asset['id']}")
    assert files_in(store_folder) == 0
    with database.reading() as session:
        assert session.scalars(select(RenditionForm)).all() == []
    assert (await charlie.get(f"/m/{asset['id']}/1/thumb.jpg")).status_code == 404


async def test_drawn_anew_they_are_forgotten_and_nothing_drifts(
    charlie: Person, asset: Json, settled: Any, database: Database, store: Store
) -> None:
    await charlie.get(f"/m/{asset['id']}/1/thumb.jpg")
    await settled()
    assert drift(database, store) == Drift()

    list(again.rerender(UUID(int=0)))

    with database.reading() as session:
        assert session.scalars(select(RenditionForm)).all() == []
    assert drift(database, store) == Drift()


def drift(database: Database, store: Store) -> Drift:
    found, later = Drift(), datetime.now(UTC) + timedelta(hours=2)
    for first in range(0, len(FOLDERS), FOLDERS_AT_ONCE):
        found.add(folders_compare(database, store, first, now=later))
    return found
