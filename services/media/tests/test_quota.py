"""What the pictures of each user take."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from media_service import commands
from media_service.settings import MediaSettings
from media_service.testing.drawn import jpeg
from media_service.testing.people import ALICE, Person

Allow = Callable[[int], None]


async def test_each_picture_counts_in_full_until_it_is_gone(
    alice: Person, bob: Person, own_settings: MediaSettings
) -> None:
    first, second = await alice.has_uploaded(jpeg()), await alice.has_uploaded(jpeg())
    both = first["bytes"] + second["bytes"]
    assert (await alice.get("/api/v2/quota")).json() == {
        "used_bytes": both, "reserved_bytes": 0, "limit_bytes": own_settings.quota_bytes, "assets": 2
    }  # fmt: skip
    assert (await bob.get("/api/v2/quota")).json()["used_bytes"] == 0
    own = f"/api/v2/assets/{first['id']}"
    seen = []
    for _ in range(2):
        await alice.send("DELETE", own)
        seen.append((await alice.get("/api/v2/quota")).json()["assets"])
    assert seen == [2, 1]


async def test_above_the_quota_nothing_is_taken(alice: Person, bob: Person, allow: Allow, nothing_is_kept: Any) -> None:
    allow(10)
    answer = await alice.upload(jpeg())
    assert (answer.status_code, answer.json()["code"]) == (413, "quota_exceeded")
    nothing_is_kept()


async def test_what_is_announced_above_the_quota_is_refused_before_it_is_read(alice: Person, allow: Allow) -> None:
    allow(1000)
    answer = await alice.send(
        "POST", "/api/v1/media", content=b"none of it was looked at", headers={"Content-Length": "1000000"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "quota_exceeded")


async def test_uploads_at_once_cannot_pass_the_quota_together(alice: Person, allow: Allow) -> None:
    size = (await alice.has_uploaded(jpeg()))["bytes"]
    allow(3 * size)
    answers = await asyncio.gather(*(alice.upload(jpeg()) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 413, 413, 413]
    assert (await alice.get("/api/v2/quota")).json()["used_bytes"] == 3 * size


async def test_a_report_tells_what_each_owner_has(alice: Person, capsys: pytest.CaptureFixture[str]) -> None:
    asset = await alice.has_uploaded(jpeg())
    capsys.readouterr()
    commands.quotas([])
    assert capsys.readouterr().out == f"{ALICE}\t{asset['bytes']}\t1\n"
