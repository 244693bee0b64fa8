"""A store that fails half the time: each picture is there in full or not at all, and its sender is told."""

import errno
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from media_service.settings import MediaSettings
from media_service.storage.store import Store
from media_service.testing.drawn import jpeg
from media_service.testing.people import Person, files_in


@pytest.fixture
def half_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every other file is not taken."""
    put, calls = Store.put, count()

    def put_or_fail(*asked: Any) -> None:
        if next(calls) % 2:
            raise OSError(errno.EIO, "the bucket does not answer")
        put(*asked)

    monkeypatch.setattr(Store, "put", put_or_fail)


@pytest.mark.usefixtures("half_fails")
async def test_uploads_are_taken_or_refused_whole(
    alice: Person, store_folder: Path, own_settings: MediaSettings
) -> None:
    answers = [await alice.upload(jpeg(50 + number, 40)) for number in range(6)]
    refused = [answer for answer in answers if answer.status_code != 201]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(503, "storage_unavailable")] * 3
    assert all("retry-after" in answer.headers for answer in refused)
    assert (await alice.get("/api/v1/media")).json()["count"] == 3
    assert files_in(store_folder) == 3
    assert list(own_settings.scratch_dir.iterdir()) == []
