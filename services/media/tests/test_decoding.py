"""A picture can take down the child that decodes it, and nothing else."""

import asyncio
import contextlib
import dataclasses
import errno
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from chassis.problems import Problem
from chassis.settings import SettingsError
from fastapi import FastAPI, Request
from media_service import resources
from media_service.assets.models import Asset
from media_service.database import Database
from media_service.decoding import answers, forkserver, landlock, sandbox
from media_service.decoding.answers import ChildDied, Undecodable
from media_service.decoding.channel import GIVE_WAY, Channel
from media_service.decoding.children import DecoderAway
from media_service.decoding.decoder import Decoder, Task
from media_service.decoding.slots import FairSlots
from media_service.pictures import vips
from media_service.pictures.memory import MEGABYTE, Budget
from media_service.pictures.scratch import Scratch
from media_service.presets import PRESETS
from media_service.renditions.services import MAX_ATTEMPTS, renditions_make
from media_service.settings import MediaSettings
from media_service.storage.store import Store, key_of
from media_service.testing.drawn import exif, jpeg
from media_service.testing.people import Person
from media_service.uploads.leaving import unless_client_leaves

from tests.support.waiting import eventually

Check = Callable[[], None]
Outcome = Callable[[str], str]


@pytest.fixture(scope="module")
def fragile(own_settings: MediaSettings, migrated: Database) -> Iterator[Decoder]:
    """A decoder whose children come to harm where the picture says so; two seconds of processor time each.

    TMPDIR is where secrets and others' files lie too, as it is where a pod has one folder for all of that.
    """
    limits = dataclasses.replace(own_settings.limits, memory=256 * MEGABYTE)
    decoder = Decoder(own_settings.scratch_dir, limits, max_bytes=1_000_000, seconds=2, memory=Budget(256 * MEGABYTE),
                      server="media_service.testing.dying")  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(own_settings.scratch_dir.parent))
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
    server = fragile._children._server
    assert server
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    sent = scratch.file()
    sent.write(jpeg())
    assert fragile.clean(sent, scratch.file()).mime == "image/jpeg"


def test_no_file_can_be_larger_than_a_picture_needs(outcome: Outcome) -> None:
    assert outcome("WRITE") == "['OSError']"


def test_a_child_reaches_no_network_no_program_and_no_other_process(outcome: Outcome) -> None:
    assert outcome("REACH") == str(["PermissionError"] * 25)


def test_a_child_may_do_to_itself_what_libraries_do(outcome: Outcome) -> None:
    assert outcome("SELF") == str(["done"] * 4)


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
def test_a_child_reads_nobodys_environment_secrets_or_files(outcome: Outcome, own_settings: MediaSettings) -> None:
    with of_somebody(own_settings) as file:
        assert outcome("READ") == str(["PermissionError"] * 7)
        assert file.read_text() == "s3cret"


def test_a_child_alters_nobodys_file(outcome: Outcome, own_settings: MediaSettings) -> None:
    with of_somebody(own_settings) as file:
        assert outcome("ALTER") == str(["PermissionError"] * 9)
        assert file.read_text() == "s3cret"


def test_what_libvips_has_no_memory_for_lies_where_a_child_may_write(
    own_settings: MediaSettings, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIPS_DISC_THRESHOLD", "1k")
    monkeypatch.setenv("TMPDIR", "/nowhere")
    decoder = Decoder.of(own_settings)
    sent = scratch.file()
    sent.write(jpeg(exif=exif(orientation=6)))
    before = sorted(own_settings.scratch_dir.iterdir())
    try:
        assert decoder.clean(sent, scratch.file()).width == 48
    finally:
        decoder.close()
    assert sorted(own_settings.scratch_dir.iterdir()) == before


@contextlib.contextmanager
def of_somebody(own_settings: MediaSettings) -> Iterator[Path]:
    """A file that no child was given."""
    file = own_settings.scratch_dir.parent / "of-somebody"
    file.write_text("s3cret")
    try:
        yield file
    finally:
        file.unlink()


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
    assert gone()  # who was told that it died meets nothing of it any more
    asleep.unlink()


def test_no_child_that_was_too_slow_meets_the_next(outcome: Outcome, fragile: Decoder) -> None:
    assert outcome("TURN") == "the decoder died of it"
    server = fragile._children._server
    assert server
    assert Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text() == ""


def test_a_child_that_nobody_listens_to_holds_nobody_up(
    fragile: Decoder, scratch: Scratch, own_settings: MediaSettings
) -> None:
    flooding, flooded, into = scratch.file(), own_settings.scratch_dir / "flooded", scratch.file()
    flooding.write(b"FLOOD it")
    flooding.flush()
    with fragile._children.begin() as connection:
        Channel(connection).send(
            {"job": "clean", "arguments": {}, "bounds": dataclasses.asdict(fragile._bounds),
             "scratch": str(own_settings.scratch_dir.absolute())},
            [flooding.fileno(), into.fileno()],
        )  # fmt: skip
        eventually(lambda: flooded.exists() and flooded.read_text() != "")
        eventually(lambda: not Path(f"/proc/{flooded.read_text()}").exists())
        flooded.unlink()
        sent = scratch.file()
        sent.write(jpeg())
        server = fragile._children._server
        assert fragile.clean(sent, scratch.file()).mime == "image/jpeg"
        assert fragile._children._server is server


NO_FORK = """
import errno, os
from media_service.decoding import forkserver
def fork(): raise BlockingIOError(errno.EAGAIN, "no more processes")
os.fork = fork
forkserver.main()
"""


@pytest.fixture(params=[NO_FORK, "raise SystemExit"], ids=["no processes", "no server"])
def hindered(request: pytest.FixtureRequest, fragile: Decoder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Decoder]:
    """A decoder that can start no child for the moment."""
    fragile.close()
    monkeypatch.setattr(fragile._children, "_program", [sys.executable, "-c", request.param])
    yield fragile
    fragile.close()


async def test_without_a_child_an_upload_may_be_sent_again(
    app: FastAPI, hindered: Decoder, alice: Person, nothing_is_kept: Check
) -> None:
    app.state.service = dataclasses.replace(app.state.service, decoder=hindered)
    answer = await alice.upload(jpeg())
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "overloaded", "5")
    nothing_is_kept()


def test_a_server_that_could_not_fork_lives_on(
    fragile: Decoder, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    fragile.close()
    monkeypatch.setattr(fragile._children, "_program", [sys.executable, "-c", NO_FORK])
    fragile.warm()
    server = fragile._children._server
    sent = scratch.file()
    sent.write(jpeg())
    for _ in range(2):
        with pytest.raises(DecoderAway):
            fragile.clean(sent, scratch.file())
    assert fragile._children._server is server
    fragile.close()


async def test_without_a_child_a_picture_stays_to_be_drawn(
    alice: Person, hindered: Decoder, database: Database, store: Store, scratch: Scratch
) -> None:
    asset = await alice.has_uploaded(jpeg())
    for _ in range(MAX_ATTEMPTS + 1):
        with pytest.raises(DecoderAway):
            renditions_make(database, store, hindered, scratch, UUID(asset["id"]))
    assert (await alice.get(f"/api/v1/media/{asset['id']}")).json()["status"] == "processing"


CLEANED = {"mime": "image/jpeg", "width": 4, "height": 3, "left_out": ""}
THUMB = ["thumb", 10, "image/webp", 320, 240]


@pytest.mark.parametrize(
    "told",
    [
        {},
        CLEANED | {"mime": "text/html"},
        CLEANED | {"mime": None},
        {name: CLEANED[name] for name in ("mime", "height", "left_out")},
        CLEANED | {"height": 0},
        CLEANED | {"height": "3"},
        CLEANED | {"left_out": "a lie"},
        {"drawn": []},
        {"refused": [200, "fine", "", {}]},
        {"refused": [413, "fine", "", {"cause": "bytes"}]},
        {"refused": [413, "too_large", "", {"cause": "a lie", "more": 1}]},
        {"os_error": 10**30},
    ],
)
def test_an_answer_that_makes_no_sense_is_none(told: dict[str, Any]) -> None:
    with pytest.raises(ChildDied):
        answers.cleaned(told)


@pytest.mark.parametrize(
    "drawn",
    [
        None,
        [],
        [THUMB, THUMB],
        [["other", *THUMB[1:]]],
        [["thumb", -10, *THUMB[2:]]],
        [["thumb", 11, *THUMB[2:]]],
        [["thumb", 10, "text/html", 320, 240]],
        [["thumb", 10, "image/webp", 321, 240]],
        [["thumb", 10, "image/webp", 320]],
        [7],
    ],
)
def test_renditions_that_were_not_asked_for_are_none(drawn: Any) -> None:
    with pytest.raises(ChildDied):
        answers.drawn({"drawn": drawn}, {"thumb": 320}, written=10)
    assert answers.drawn({"drawn": [THUMB]}, {"thumb": 320}, written=10)[0].length == 10


@pytest.mark.parametrize("claim", [None, 0, -1, "1", 1.5])
def test_a_claim_that_makes_no_sense_is_none(claim: Any) -> None:
    with pytest.raises(ChildDied):
        answers.claimed({"claim": claim})


def test_who_speaks_a_byte_at_a_time_has_no_more_time_than_others() -> None:
    ours, theirs = socket.socketpair()

    def drip() -> None:
        with contextlib.suppress(OSError):
            while True:
                theirs.send(b" ")
                select.select([], [], [], 0.01)

    dripping = Thread(target=drip)
    with theirs:
        with ours:
            dripping.start()
            with pytest.raises(TimeoutError):
                Channel(ours, 0.2).receive()
        dripping.join(10)


def test_without_a_filter_of_calls_production_decodes_only_if_it_is_told_to(
    own_settings: MediaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sandbox.can_filter_calls()
    monkeypatch.setattr(sandbox, "can_filter_calls", lambda: False)
    Decoder.of(own_settings)
    production = own_settings.model_copy(update={"environment": "production"})
    with pytest.raises(SettingsError, match="MEDIA_DECODE_UNCONFINED"):
        Decoder.of(production)
    Decoder.of(production.model_copy(update={"decode_unconfined": True}))


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
    assert "media_service.decoding.forkserver" in resources.decoder()._children._program


@pytest.mark.parametrize("give_way", [True, False], ids=["of a job", "of a request"])
def test_children_of_jobs_let_requests_go_first(own_settings: MediaSettings, give_way: bool) -> None:
    decoder = Decoder.of(own_settings, give_way=give_way)
    try:
        decoder.warm()
        server = decoder._children._server
        assert server
        assert os.getpriority(os.PRIO_PROCESS, server.pid) - os.getpriority(os.PRIO_PROCESS, 0) == 5 * give_way
        group = Path(f"/proc/{server.pid}/autogroup")
        if group.exists():  # this kernel groups processes by session
            assert group.read_text().split()[-1] == str(5 * give_way)
    finally:
        decoder.close()


def test_the_group_gives_way_as_soon_as_the_kernel_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes one change each 100 ms from the whole machine."""
    refusals, waited = [BlockingIOError(), BlockingIOError()], list[float]()

    def written(_: Path, text: str) -> None:
        if refusals:
            raise refusals.pop()
        assert text == "5"
        waited.append(-1)

    monkeypatch.setattr(os, "nice", lambda _: None)
    monkeypatch.setattr(Path, "write_text", written)
    monkeypatch.setattr(time, "sleep", waited.append)
    forkserver.give_way()
    assert waited == [0.1, 0.1, -1]


def test_where_the_group_cannot_be_changed_the_children_draw_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "nice", lambda _: None)
    monkeypatch.setattr(Path, "write_text", refused)
    forkserver.give_way()


def test_what_jobs_draw_gives_way_and_what_requests_wait_for_does_not(own_settings: MediaSettings) -> None:
    assert GIVE_WAY in resources.decoder()._children._program
    assert GIVE_WAY not in Decoder.of(own_settings)._children._program
