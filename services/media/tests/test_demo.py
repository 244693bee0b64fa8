"""The demo pictures."""

from datetime import UTC, datetime
from uuid import UUID

from media_service.assets.selectors import assets_list
from media_service.assets.services import asset_remove
from media_service.database import Database
from media_service.demo.drawing import DRAWINGS, draw
from media_service.demo.loading import load
from media_service.demo.scenes import HEIGHT, WIDTH
from media_service.storage.store import Store
from media_service.testing.drawn import opened


def person(letter: str) -> UUID:
    return UUID(f"01900000-0000-7000-8000-0000000000{letter}")


def test_twelve_pictures_of_three_people_are_loaded_once_and_stay_removed(database: Database, store: Store) -> None:
    assert load() == 12
    ids = []
    with database.reading() as session:
        for owner in ("a1", "a2", "a3"):
            assets = assets_list(session, person(owner), offset=0, limit=10)
            assert [asset.status for asset in assets] == ["ready"] * 4
            ids += sorted(str(asset.id) for asset in assets)
    assert ids == [f"01900000-0000-7000-8000-0000000001{number:02x}" for number in range(1, 13)]

    with database.writing() as session:
        asset_remove(session, UUID(ids[0]), person("a1"), now=datetime.now(UTC))
    assert load() == 0, "one that was removed was brought back"


def test_a_drawing_is_the_same_every_time() -> None:
    assert draw(0) == draw(0)
    assert opened(draw(0)).size == (WIDTH, HEIGHT)
    assert len({drawing.alt for drawing in DRAWINGS}) == 12
