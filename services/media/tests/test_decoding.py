"""A picture can take down the child that decodes it, and nothing else."""

import asyncio
import contextlib
import dataclasses
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from chassis.problems import Problem
from fastapi import FastAPI, Request
from media_service import resources
from media_service.assets.models import Asset
from media_service.database import Database
from media_service.decoding.decoder import Decoder, Task, Undecodable
from media_service.decoding.slots import FairSlots
from media_service.pictures import vips
from media_service.pictures.memory import MEGABYTE, Budget
from media_service.pictures.scratch import Scratch
from media_service.presets import PRESETS
from media_service.renditions.services import renditions_make
from media_service.settings import MediaSettings
from media_service.storage.store import Store, key_of
from media_service.testing.drawn import jpeg
from media_service.testing.people import Person
from media_service.uploads.leaving import unless_client_leaves

from tests.support.waiting import eventually

Check = Callable[[], None]
Outcome = Callable[[str], str]


@pytest.fixture(scope="module")
def fragile(own_settings: MediaSettings, migrated: Database) -> Iterator[Decoder]:
    """A decoder whose children come to harm where the picture says so; two seconds of processor time each."""
    limits = dataclasses.replace(own_settings.limits, memory=256 * MEGABYTE)
    decoder = Decoder(own_settings.scratch_dir, limits, max_bytes=1_000_000, seconds=2, memory=Budget(256 * MEGABYTE),
                      server="media_service.testing.dying")  # fmt: skip
    yield decoder
    decoder.close()


@pytest.fixture
def outcome(fragile: Decoder, scratch: Scratch) -> Outcome:
    """What comes of rendering a picture that begins with this word."""

    def run(word: str) -> str:
        picture = scratch.file()
        picture.write(f"{word} and more".encode())
        with pytest.raises(Undecodable) as told:
            fragile.render(picture, "image/jpeg", scratch.file(), PRESETS)
        return str(told.value)

    return run


@pytest.mark.parametrize("harm", ["DIE", "ABORT", "EAT", "TURN", "LIE"])
def test_a_child_that_comes_to_harm_is_tried_twice_and_the_next_picture_is_decoded(
    outcome: Outcome, fragile: Decoder, scratch: Scratch, harm: str
) -> None:
    assert outcome(harm) == "the decoder died of it"
    sent = scratch.file()
    sent.write(jpeg())
    assert fragile.clean(sent, scratch.file()).width == 64


def test_a_child_that_dies_once_is_forgiven(outcome: Outcome) -> None:
    assert outcome("ONCE") == "the second time"


def test_a_fault_of_ours_is_told_as_one(fragile: Decoder, scratch: Scratch) -> None:
    sent = scratch.file()
    sent.write(b"WRONG way")
    with pytest.raises(RuntimeError, match="LookupError: a fault of ours"):
        fragile.clean(sent, scratch.file())


async def test_an_upload_that_kills_its_decoder_is_refused_and_the_web_process_lives(
    app: FastAPI, fragile: Decoder, alice: Person, nothing_is_kept: Check
) -> None:
    app.state.service = dataclasses.replace(app.state.service, decoder=fragile)
    for harm in (b"DIE now", b"EAT now"):
        answer = await alice.upload(harm)
        assert (answer.status_code, answer.json()["code"], answer.json()["cause"]) == (
            422,
            "image_refused",
            "undecodable",
        )
        nothing_is_kept()
    assert (await alice.upload(jpeg())).status_code == 201


async def test_a_stored_picture_that_kills_its_decoder_fails_after_two_tries(
    alice: Person, fragile: Decoder, database: Database, store: Store, scratch: Scratch
) -> None:
    asset = await alice.has_uploaded(jpeg())
    with database.reading() as session:
        blob = session.get_one(Asset, UUID(asset["id"])).blob
    store.put(key_of(blob.id, blob.sha256, blob.mime), b"DIE while it is drawn")

    renditions_make(database, store, fragile, scratch, UUID(asset["id"]))

    answer = await alice.get(f"/api/v1/media/{asset['id']}")
    assert answer.json()["status"] == "failed"


def test_a_fork_server_that_was_killed_is_started_anew(fragile: Decoder, scratch: Scratch) -> None:
    fragile.warm()
    assert fragile._server
    os.kill(fragile._server.pid, signal.SIGKILL)
    fragile._server.wait()
    sent = scratch.file()
    sent.write(jpeg())
    assert fragile.clean(sent, scratch.file()).mime == "image/jpeg"


def test_no_file_can_be_larger_than_a_picture_needs(outcome: Outcome) -> None:
    assert outcome("WRITE") == "['OSError']"


def test_a_child_reaches_no_network_no_program_and_no_other_process(outcome: Outcome) -> None:
    assert outcome("REACH") == str(["PermissionError"] * 7)


def test_a_child_has_no_secrets_and_no_files_but_its_own(
    outcome: Outcome, own_settings: MediaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIA_SECRET_OF_SOMEBODY", "s3cret")
    seen = outcome("LOOK")
    assert "MEDIA" not in seen
    assert "SECRET" not in seen
    assert seen.endswith(", 6]")  # three standard streams, its job, the picture, where it writes


def test_a_child_is_killed_when_nobody_wants_it_any_more(
    fragile: Decoder, scratch: Scratch, own_settings: MediaSettings
) -> None:
    task, asleep = Task(), own_settings.scratch_dir / "asleep"
    sent = scratch.file()
    sent.write(b"SLEEP long")

    def gone() -> bool:
        return not Path(f"/proc/{asleep.read_text()}").exists()

    def wait() -> None:
        with contextlib.suppress(Problem):
            fragile.clean(sent, scratch.file(), task)

    waiting = Thread(target=wait)
    waiting.start()
    eventually(lambda: asleep.exists() and asleep.read_text() != "")
    task.cancel()
    waiting.join(10)
    eventually(gone)
    asleep.unlink()


async def test_work_for_a_client_who_left_is_cancelled() -> None:
    was_cancelled = asyncio.Event()

    async def leaves() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            was_cancelled.set()

    with pytest.raises(Problem) as refused:
        await unless_client_leaves(Request({"type": "http"}, leaves), work())
    assert refused.value.code == "request_incomplete"
    assert was_cancelled.is_set()


async def test_who_sends_many_pictures_waits_for_his_own() -> None:
    slots, order = FairSlots(1), list[str]()

    async def decode(user: str, picture: int) -> None:
        async with slots.slot(user):
            order.append(f"{user}{picture}")

    async with slots.slot("dana"):
        waiting = [asyncio.create_task(decode("alice", number)) for number in range(4)]
        waiting += [asyncio.create_task(decode("bob", number)) for number in range(2)]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    assert order == ["alice0", "bob0", "alice1", "bob1", "alice2", "alice3"]


async def test_a_slot_that_nobody_waits_for_any_more_goes_to_the_next() -> None:
    slots = FairSlots(1)
    async with slots.slot("alice"):
        bob = asyncio.create_task(slots._take("bob"))
        charlie = asyncio.create_task(slots._take("charlie"))
        await asyncio.sleep(0)
        bob.cancel()
    await asyncio.wait_for(charlie, 5)
    with pytest.raises(asyncio.CancelledError):
        await bob
    slots._pass_on()
    async with asyncio.timeout(5), slots.slot("dana"):
        pass


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
        b"P6 1 1 255\n\0\0\0",
        b"%PDF-1.4\n",
        b"SIMPLE  =                    T",
    ],
    ids=["svg", "ppm", "pdf", "fits"],
)
def test_loaders_of_types_that_are_not_taken_are_off(content: bytes) -> None:
    with pytest.raises(vips.Error, match="not in a known format"):
        vips.Image.new_from_buffer(content, "")


def test_media_decodes_in_children_in_every_process() -> None:
    assert resources.decoder()._program[-1] == "media_service.decoding.forkserver"
