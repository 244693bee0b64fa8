"""Somebody asks for all that the platform holds about them, and fetches it."""

import io
import json
from typing import Any
from zipfile import ZipFile

from tests.support.api import Visitor, expect, json_of
from tests.support.photographs import photograph

EXPORTS = "/api/v2/me/exports"


def test_an_archive_holds_what_every_service_has(base_url: str, bob: Visitor, stranger: Visitor) -> None:
    with Visitor(base_url) as erin:
        erin.register("erin")
        picture = json_of(erin.upload(photograph(seed=erin.username)), 201)
        post = erin.create_post(title=f"By {erin.username}", images=[{"media": picture["id"]}])
        erin.publish(post["slug"])
        expect(erin.http.post(f"/api/v1/authors/{bob.username}/follow"), 200)

        asked = json_of(erin.http.post(EXPORTS), 202)
        assert asked["url"] is None
        url = erin.wait_for_export(asked["id"])["url"]
        expect(stranger.http.get(url), 401)
        expect(bob.http.get(url), 404)
        answer = expect(erin.http.get(url), 200)

    assert answer.headers["Cache-Control"] == "private, no-store"
    archive = ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert _rows(archive, "auth/account")[0]["email"] == f"{erin.username}@example.org"
    assert _rows(archive, "blog/posts")[0]["title"] == f"By {erin.username}"
    assert _rows(archive, "blog/follows")[0]["username"] == bob.username
    assert _rows(archive, "media/pictures")[0]["id"] == picture["id"]
    assert len(archive.read(f"media/originals/{picture['id']}.jpg")) == picture["bytes"]


def _rows(archive: ZipFile, file: str) -> Any:
    return json.loads(archive.read(f"{file}.json"))
