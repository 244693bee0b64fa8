"""Drawing all renditions anew."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from chassis.events.databases.sqlalchemy import SqlAlchemyDatabase
from chassis.events.testing import published
from chassis.settings import SettingsError
from media_service import commands
from media_service.assets.models import Asset
from media_service.database import Database
from media_service.decoding.answers import Undecodable
from media_service.decoding.decoder import Decoder
from media_service.presets import presets_of
from media_service.renditions import again
from media_service.settings import MediaSettings
from media_service.storage.models import Blob
from media_service.testing.corpus.drawn import moving
from media_service.testing.drawn import encoded, photographed, picture
from media_service.testing.people import Person, files_in
from sqlalchemy import update

FROM_THE_FIRST = UUID(int=0)


@pytest.fixture
def with_presets(own_settings: MediaSettings, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def run(presets: str) -> None:
        changed = own_settings.model_copy(update={"presets": presets})
        monkeypatch.setattr(again, "settings", lambda: changed)

    return run


@pytest.fixture
async def drawn(alice: Person, render: Any) -> list[Any]:
    assets = [await alice.has_uploaded(encoded(photographed(picture(1000 + number, 500)))) for number in range(3)]
    for asset in assets:
        render(asset)
    return assets


async def test_other_presets_are_drawn_for_all_and_told(
    drawn: list[Any], alice: Person, database: Database, store_folder: Any, with_presets: Callable[[str], None]
) -> None:
    before = files_in(store_folder)
    old = (await alice.get(drawn[0]["urls"]["thumb"])).headers["etag"]
    with_presets("thumb:100,medium:800,large:1600")
    progress = list(again.rerender(FROM_THE_FIRST))
    assert [(step.done, step.total, step.failed) for step in progress] == [(1, 3, 0), (2, 3, 0), (3, 3, 0)]
    new = await alice.get(drawn[0]["urls"]["thumb"])
    assert (new.status_code, new.headers["etag"] != old) == (200, True)
    assert files_in(store_folder) == before
    all_told = published(SqlAlchemyDatabase(database.engine))
    told = [event for event in all_told if event.type == "media.asset.ready.v1"][-3:]
    assert {event.data["asset_id"] for event in told} == {asset["id"] for asset in drawn}
    forgotten = [event.data["asset_id"] for event in all_told if event.type == "media.shown.changed.v1"]
    assert sorted(forgotten) == sorted(asset["id"] for asset in drawn)
    assert [event.data["renditions"][0]["width"] for event in told] == [100] * 3


async def test_what_has_not_changed_is_not_told(
    drawn: list[Any], alice: Person, database: Database, store_folder: Any
) -> None:
    before = (len(published(SqlAlchemyDatabase(database.engine))), files_in(store_folder))
    first, *_ = again.rerender(FROM_THE_FIRST)
    assert [step.done for step in again.rerender(first.last)] == [1, 2]
    assert (len(published(SqlAlchemyDatabase(database.engine))), files_in(store_folder)) == before
    assert (await alice.get(drawn[2]["urls"]["large"])).status_code == 200


async def test_a_picture_from_before_has_its_placeholder_then(
    drawn: list[Any], alice: Person, database: Database
) -> None:
    with database.writing() as session:
        for blob in session.query(Blob):
            blob.thumbhash = blob.color = ""
    own = f"/api/v2/assets/{drawn[0]['id']}"
    assert (await alice.get(own)).json()["placeholder"] is None
    list(again.rerender(FROM_THE_FIRST))
    assert (await alice.get(own)).json()["placeholder"]["thumbhash"]


async def test_one_that_cannot_be_drawn_stops_nothing_and_is_counted(
    drawn: list[Any], alice: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    draw, calls = Decoder.render, list[int]()

    def fail_once(*asked: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise Undecodable("out of colours")
        return draw(*asked)

    monkeypatch.setattr(Decoder, "render", fail_once)
    with pytest.raises(SystemExit):
        commands.rerender([])
    assert "3 of 3, 1 failed, --after " in capsys.readouterr().out
    for asset in drawn:
        assert (await alice.get(asset["urls"]["thumb"])).status_code == 200


async def test_one_that_is_gone_meanwhile_leaves_no_files(
    drawn: list[Any], alice: Person, database: Database, store_folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = Decoder.render

    def remove_and_draw(*asked: Any) -> Any:
        made = draw(*asked)
        with database.writing() as session:
            for model in (Asset, Blob):
                session.query(model).delete()
        return made

    monkeypatch.setattr(Decoder, "render", remove_and_draw)
    first = next(again.rerender(FROM_THE_FIRST))
    assert [path for path in store_folder.rglob("*") if str(first.last) in str(path) and path.is_file()] == []


@pytest.mark.parametrize("words", [["--after"], ["--after", "x"], ["--before", str(FROM_THE_FIRST)], ["x"]])
def test_other_words_are_refused(words: list[str]) -> None:
    with pytest.raises(SettingsError, match="usage"):
        commands.rerender(words)


@pytest.mark.parametrize(
    "text", ["", "thumb:320", "thumb:320,medium:800,large:x", "thumb:1,medium:800,large:1600",
             "thumb:320,medium:800,large:5000", "thumb:320,thumb:320,large:1600"]
)  # fmt: skip
def test_senseless_presets_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        presets_of(text)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
async def test_whether_it_is_animated_is_told_at_once_and_of_older_ones_once_they_are_drawn_again(
    alice: Person, bob: Person, render: Any, database: Database, form: str
) -> None:
    async def told(person: Person, asset: Any) -> Any:
        return (await person.get(f"/api/v2/assets/{asset['id']}")).json()["animated"]

    def forget() -> None:
        with database.writing() as session:
            session.execute(update(Blob).values(animated=None))

    sent = moving(form)
    assets = await alice.has_uploaded(sent), await alice.has_uploaded(encoded(picture(), form))
    assert [await told(alice, asset) for asset in assets] == [True, False]
    for asset in assets:
        render(asset)
    forget()
    assert [await told(alice, asset) for asset in assets] == [None, None]
    assert await told(bob, await bob.has_uploaded(sent)) is True  # else it would tell that somebody else has sent it
    forget()
    list(again.rerender(FROM_THE_FIRST))
    assert [await told(alice, asset) for asset in assets] == [True, False]
