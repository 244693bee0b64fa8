"""Pictures on a disk that is full: refused for now, and never blamed on the picture."""

import sys
from pathlib import Path

import pytest
from media_service.pictures.scratch import Scratch
from media_service.testing.drawn import jpeg
from media_service.testing.people import Person

from tests.support.small_disk import on_a_small_disk

TRY_ALL = """
import contextlib
import errno
import sys
from pathlib import Path

from media_service.decoding.decoder import Decoder
from media_service.pictures import vips
from media_service.pictures.cleaning import clean
from media_service.pictures.layout import Limits
from media_service.pictures.scratch import Scratch
from media_service.pictures.turning import turn
from media_service.settings import MediaSettings
from media_service.storage.store import open_store
from media_service.testing.drawn import jpeg

folder = Path(sys.argv[1])
store = open_store(MediaSettings(storage_url=f"file://{folder}/media"))
decoder = Decoder.of(MediaSettings(var_dir=folder))
decoder._scratch_dir = folder
limits = Limits(pixels=10**9, frames=1, animation_pixels=10**9)
with contextlib.suppress(OSError), Scratch(folder) as scratch:  # what was not written yet fails once more
    sent = scratch.file()
    sent.write(jpeg(500, 500))
    sent.flush()
    into = scratch.file()
    with (folder / "filler").open("wb", buffering=0) as filler:
        while True:
            try:
                filler.write(b"x" * 1024)
            except OSError:
                break
    for work in (
        lambda: store.put("a/b.jpg", b"x" * 100_000),
        lambda: clean(sent, limits, scratch),
        lambda: decoder.clean(sent, into),
        lambda: turn(sent, "image/jpeg", 6, scratch),
    ):
        try:
            work()
        except OSError as error:
            print(errno.errorcode[error.errno])
        except vips.Error as error:
            print("libvips:", errno.errorcode[vips.disk_error(error).errno])
"""


def test_disk_is_told_from_the_picture(tmp_path: Path) -> None:
    done = on_a_small_disk(tmp_path, 4, [sys.executable, "-c", TRY_ALL, str(tmp_path)])
    assert (done.stdout, done.stderr) == ("ENOSPC\nENOSPC\nENOSPC\nlibvips: ENOSPC\n", "")


async def test_upload_without_room_for_working_files_is_503(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "r+b", buffering=0) as full:  # noqa: ASYNC230, PTH123  only its opening, and at once
        monkeypatch.setattr(Scratch, "file", lambda _: full)
        answer = await alice.upload(jpeg())
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_full")
    assert answer.headers["Retry-After"] == "30"
