"""What operators are told: how much is stored, how long pictures wait, what was drawn, who is near the quota."""

import time
from typing import Any

import pytest
import sqlalchemy
from chassis.metrics import gauge, metric
from media_service.database import Database
from media_service.decoding.decoder import Decoder
from media_service.measuring import tasks
from media_service.measuring.tasks import storage_measure
from media_service.renditions.tasks import renditions_requeue_stuck
from media_service.settings import MediaSettings
from media_service.testing.drawn import jpeg
from media_service.testing.people import Person


def told(name: str, *labels: str) -> float:
    found = metric(name).labels(*labels) if labels else metric(name)
    return float(found._value.get())


@pytest.fixture
def drawn() -> Any:
    """How many renditions of a preset had an outcome since the test began."""
    before = {
        outcome: told("media_renditions_total", "thumb", outcome) for outcome in ("made", "undecodable", "failed")
    }
    return lambda: {outcome: told("media_renditions_total", "thumb", outcome) - was for outcome, was in before.items()}


async def test_the_store_is_added_up_by_kind_each_picture_once(alice: Person, bob: Person, render: Any) -> None:
    hers = await alice.has_uploaded(jpeg())
    picture = hers["bytes"]
    render(hers)
    his = await bob.has_uploaded(jpeg())
    storage_measure()
    assert hers["bytes"] == his["bytes"] == picture
    kinds = {kind: told("media_stored_bytes", kind) for kind in ("pictures", "renditions", "forms", "derivatives")}
    assert kinds["renditions"] > 0
    assert kinds | {"renditions": 0} == {"pictures": picture, "renditions": 0, "forms": 0, "derivatives": 0}


async def test_owners_near_their_quota_are_counted_and_not_named(
    alice: Person, bob: Person, own_settings: MediaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers, began = await alice.has_uploaded(jpeg(2000, 1500)), time.time()
    await bob.has_uploaded(jpeg(20, 20))
    nearly = own_settings.model_copy(update={"quota_bytes": int(hers["bytes"] / 0.95)})
    monkeypatch.setattr(tasks, "settings", lambda: nearly)
    storage_measure()
    assert (told("media_owners", "near"), told("media_owners", "below")) == (1, 1)
    assert told("media_measured_timestamp_seconds", "storage") >= began


async def test_the_oldest_picture_that_waits_is_told_until_it_is_drawn(
    alice: Person, render: Any, database: Database
) -> None:
    asset, began = await alice.has_uploaded(jpeg()), time.time()
    with database.writing() as session:
        session.execute(sqlalchemy.text("UPDATE assets SET created_at = '2026-01-01 00:00:00+00:00'"))
    renditions_requeue_stuck()
    assert gauge("media_renditions_waiting_seconds")._value.get() > 24 * 3600
    assert told("media_measured_timestamp_seconds", "waiting") >= began
    render(asset)
    renditions_requeue_stuck()
    assert gauge("media_renditions_waiting_seconds")._value.get() == 0


async def test_each_rendition_is_counted_with_what_came_of_it(
    alice: Person, render: Any, drawn: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await alice.has_uploaded(jpeg()), await alice.has_uploaded(jpeg(100, 80))
    render(first)
    assert drawn() == {"made": 1, "undecodable": 0, "failed": 0}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Decoder, "render", full)
    with pytest.raises(OSError, match="No space left"):
        render(second)
    assert drawn() == {"made": 1, "undecodable": 0, "failed": 1}
