"""Pictures in pieces, by the programs of docs/how-to/upload-in-pieces.md: tuspy and tus-js-client as they are."""

import hashlib
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from launcher import ROOT
from tests.support.api import Visitor, expect, json_of
from tests.support.photographs import photograph, text_named_jpg
from tests.support.platform import Platform
from tests.support.programs import npm_install, program
from tests.support.waiting import eventually

PAGE = (ROOT / "docs/how-to/upload-in-pieces.md").read_text()
PIECE, LARGE_PIECE = 1024 * 1024, "4 * 1024 * 1024"
Uploads = Callable[..., subprocess.CompletedProcess[str]]


def shown(language: str) -> str:
    """The program of the page in this language."""
    (block,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(block)


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> list[str | Path]:
    folder = tmp_path_factory.mktemp("tus_js")
    npm_install(Path(__file__).parent / "tus_js", folder)
    (folder / "upload.js").write_text(shown("javascript").replace(LARGE_PIECE, str(PIECE)))
    return [program("node", "nodejs"), folder / "upload.js"]


@pytest.fixture(params=["python", "javascript"])
def uploads(request: pytest.FixtureRequest, alice: Visitor, base_url: str, tmp_path: Path) -> Uploads:
    """Runs the program for a file, to its end or up to a place."""
    if request.param == "python":
        script = tmp_path / "upload.py"
        script.write_text(shown("python").replace(LARGE_PIECE, str(PIECE)))
        command: list[str | Path] = [sys.executable, script]
    else:
        command = request.getfixturevalue("node")

    def run(content: bytes, **more: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "picture.jpg").write_bytes(content)
        token = alice.http.headers["Authorization"].removeprefix("Bearer ")
        environment = {"BASE_URL": base_url, "TOKEN": token, "FILE": "picture.jpg"} | more
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="module")
def large() -> bytes:
    """A photograph that takes several pieces: what phones write behind its end is dropped."""
    return photograph(1600, 1200, seed="pieces") + random.Random(1).randbytes(3 * PIECE)


def test_a_photograph_comes_whole(uploads: Uploads, alice: Visitor, large: bytes) -> None:
    done = uploads(large)
    assert done.returncode == 0, done.stdout + done.stderr
    asset = json_of(alice.http.get(f"/api/v2/assets/{done.stdout.strip()}"), 200)
    assert (asset["sha256"], asset["alt"]) == (hashlib.sha256(large).hexdigest(), "A photograph")
    alice.wait_for_picture(asset["urls"]["thumb"])


def test_what_was_stopped_goes_on_after_a_restart(
    uploads: Uploads, alice: Visitor, own_platform: Platform, large: bytes
) -> None:
    content = large + b"another file"
    before = json_of(alice.http.get("/api/v2/quota"), 200)
    uploads(content, STOP_AT=str(2 * PIECE))
    held = json_of(alice.http.get("/api/v2/quota"), 200)
    assert held["reserved_bytes"] - before["reserved_bytes"] == len(content)
    assert own_platform.make("restart", "S=media").returncode == 0
    eventually(lambda: alice.http.get("/api/v2/quota").is_success)
    done = uploads(content)
    assert done.returncode == 0, done.stdout + done.stderr
    asset = json_of(alice.http.get(f"/api/v2/assets/{done.stdout.strip()}"), 200)
    assert asset["sha256"] == hashlib.sha256(content).hexdigest()
    assert json_of(alice.http.get("/api/v2/quota"), 200)["reserved_bytes"] == before["reserved_bytes"]


@pytest.mark.parametrize(("content", "cause"), [(b"", "empty"), (text_named_jpg(), "unknown")], ids=["empty", "text"])
def test_what_is_no_picture_is_refused_with_the_reason(uploads: Uploads, content: bytes, cause: str) -> None:
    done = uploads(content)
    assert done.returncode == 1
    assert "415 " in done.stdout + done.stderr
    assert f'"cause":"{cause}"' in done.stdout + done.stderr


def test_others_do_not_see_it(alice: Visitor, bob: Visitor, stranger: Visitor) -> None:
    tus = {"Tus-Resumable": "1.0.0"}
    created = expect(alice.http.post("/api/v2/uploads", headers=tus | {"Upload-Length": "10"}), 201)
    place = created.headers["Location"]
    piece = tus | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    for who, status in ((bob, 404), (stranger, 401)):
        expect(who.http.head(place, headers=tus), status)
        expect(who.http.patch(place, headers=piece, content=b"x"), status)
        expect(who.http.delete(place, headers=tus), status)
    override = {"X-HTTP-Method-Override": "DELETE"}
    expect(alice.http.post(place, headers=tus | override), 405)
    other = {"Upload-Checksum": "sha1 " + "A" * 27 + "="}
    wrong = expect(alice.http.patch(place, headers=piece | other, content=b"x"), 460)
    assert wrong.json()["code"] == "checksum_mismatch"
    expect(alice.http.delete(place, headers=tus), 204)
    expect(alice.http.head(place, headers=tus), 404)


def test_a_browser_elsewhere_may_send_pieces(stranger: Visitor) -> None:
    asked = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "PATCH"}
    wanted = "authorization,content-type,tus-resumable,upload-offset,upload-checksum"
    answer = expect(
        stranger.http.options("/api/v2/uploads/x", headers=asked | {"Access-Control-Request-Headers": wanted}), 204
    )
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert set(wanted.split(",")) <= set(allowed)
    exposed = expect(stranger.http.get("/api/v2/uploads/x", headers={"Origin": asked["Origin"]}), 401).headers
    assert {"Upload-Offset", "Asset-ID", "Location"} <= set(exposed["Access-Control-Expose-Headers"].split(", "))
