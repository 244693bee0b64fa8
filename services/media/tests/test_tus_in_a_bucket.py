"""Pictures in pieces whose store is a bucket: the same, and as little is left."""

from collections.abc import Iterator

import pytest
from media_service.storage.store import UPLOADS, Store, open_store
from media_service.testing.drawn import encoded, picture
from media_service.testing.people import Person
from media_service.testing.tus import Sender

from tests.support.buckets import BUCKETS, bucket_settings
from tests.support.photographs import truncated


@pytest.fixture(params=BUCKETS)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with bucket_settings(request.param) as settings:
        yield open_store(settings)


@pytest.fixture
def sender(alice: Person) -> Sender:
    return Sender(alice)


def keys(store: Store, folder: str = "") -> list[str]:
    return [found.key for batch in store.list(folder) for found in batch]


async def test_a_picture_comes_in_pieces(alice: Person, sender: Sender, store: Store) -> None:
    sent = encoded(picture(640, 480))
    upload = await sender.has_created(len(sent))
    for number, (start, end) in enumerate(((0, 100), (100, 5000), (5000, len(sent)))):
        assert await sender.offset(upload) == start
        assert len(keys(store, UPLOADS)) == number
        answer = await sender.append(upload, start, sent[start:end])
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(end))
    assert keys(store, UPLOADS) == []
    assert len(keys(store)) == 1
    kept = await alice.get(f"/api/v1/media/{answer.headers['asset-id']}/content")
    assert (kept.status_code, len(kept.content)) == (200, int(kept.headers["content-length"]))


async def test_nothing_is_left_of_one_that_is_refused_or_given_up(sender: Sender, store: Store) -> None:
    damaged = truncated()
    refused, given_up = await sender.has_created(len(damaged)), await sender.has_created(len(damaged))
    for upload in (refused, given_up):
        await sender.append(upload, 0, damaged[:5000])
    assert len(keys(store)) == 2
    assert (await sender.append(refused, 5000, damaged[5000:])).status_code == 422
    assert (await sender.send("DELETE", given_up)).status_code == 204
    assert keys(store) == []
