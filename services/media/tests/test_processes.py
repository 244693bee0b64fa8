"""The processes themselves, as a supervisor starts them."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from chassis.testing import TokenMint, imports_of_web, local_server
from media_service import quick_reads
from media_service.database import Database
from media_service.testing.drawn import encoded, jpeg, opened, picture
from media_service.testing.people import ALICE, Json
from PIL import Image

from tests.support.small_disk import command_on_a_small_disk
from tests.support.waiting import eventually

ARRIVED = 'http_server_active_requests{http_request_method="POST"} 1.0'
FORM = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'


@dataclass
class Running:
    """A process of media, and what it logs."""

    process: subprocess.Popen[bytes]
    log: Path

    def lines(self) -> list[Json]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def end(self) -> int:
        """Ask it to end, and give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@contextlib.contextmanager
def running(command: str, folder: Path, *within: str, **environment: str) -> Iterator[Running]:
    log = folder / f"{command}.log"
    with log.open("wb") as output:
        words = [*within, sys.executable, "-m", "chassis.run", "media", command]
        process = subprocess.Popen(words, env=os.environ | environment, stdout=output, stderr=output)
        try:
            yield Running(process, log)
        finally:
            process.kill()
            process.wait()


@dataclass
class Web(Running):
    """The web process, with a client who is logged in."""

    http: httpx.Client

    def is_ready(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return self.http.get("/readyz").status_code == 200
        return False

    def figures(self) -> dict[str, int]:
        """Threads, and kilobytes of memory by kind, as the kernel has them."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        told = (line.split() for line in lines if line.startswith(("Threads", "RssAnon")))
        return {words[0]: int(words[1]) for words in told}

    def begin_upload(self, length: int, *headers: str) -> socket.socket:
        """A connection on which an upload of that many bytes is announced."""
        url = self.http.base_url
        connection = socket.create_connection((url.host, url.port or 0), timeout=20)
        lines = ["POST /api/v1/media HTTP/1.1", "Host: media", f"Authorization: {self.http.headers['authorization']}",
                 "Content-Type: multipart/form-data; boundary=b", f"Content-Length: {length}", *headers]  # fmt: skip
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection


@contextlib.contextmanager
def serving(folder: Path, mint: TokenMint, *within: str, **environment: str) -> Iterator[Web]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with local_server() as auth:
        auth.reply = lambda _request: (200, json.dumps(mint.jwks()).encode())
        headers = {"Authorization": f"Bearer {mint.access(ALICE, 'alice', scope='media')}"}
        with (
            running("web", folder, *within, MEDIA_PORT=str(port), AUTH_URL=auth.url, **environment) as process,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=20) as http,
        ):
            web = Web(process.process, process.log, http)
            eventually(web.is_ready)
            yield web


@pytest.fixture
def web(database: Database, store_folder: Path, mint: TokenMint, tmp_path: Path) -> Iterator[Web]:
    with serving(tmp_path, mint, DRAIN_SECONDS="15") as web:
        yield web


def test_serving_begins_without_celery() -> None:
    assert imports_of_web("media") == (0, "")


def test_neither_web_nor_worker_loads_a_decoder() -> None:
    started = "import sys, media_service.app, media_service.renditions.tasks"
    code = f"{started}; print([*{{'pyvips', 'pi_heif'}} & {{*sys.modules}}])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"


def test_an_upload_is_rendered_by_the_worker_under_the_same_request_id(web: Web, tmp_path: Path) -> None:
    with running("worker", tmp_path) as worker:
        asset = web.http.post(
            "/api/v1/media", files={"file": jpeg(500, 400)}, headers={"X-Request-ID": "made-by-alice-1"}
        ).json()
        thumb = f"/m/{asset['id']}/thumb.webp"
        eventually(lambda: web.http.get(thumb).status_code == 200, seconds=120)  # a worker starts, which is 4 s of CPU
        assert opened(web.http.get(thumb).content).size == (320, 256)
        assert "made-by-alice-1" in {line.get("request_id") for line in worker.lines()}
        assert worker.end() == 0
    assert "made-by-alice-1" in {line.get("request_id") for line in web.lines()}


READERS, CLEARLY_LESS = 40, 10


def test_slow_readers_of_a_picture_hold_no_thread_no_connection_and_little_memory(web: Web) -> None:
    """Forty of a picture of 18 MB, none of whom reads: sockets and a chunk each is all they may hold."""
    content = encoded(picture(3000, 2000), "PNG", compress_level=0)
    asset = web.http.post("/api/v1/media", files={"file": content}).json()
    path = f"/m/{asset['id']}/original.png"
    assert len(web.http.get(path).content) > 18_000_000
    before = web.figures()
    with contextlib.ExitStack() as readers:
        for _ in range(READERS):
            url = web.http.base_url
            connection = readers.enter_context(socket.create_connection((url.host, url.port or 0), timeout=20))
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: media\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
        # unasked, for what is asked keeps the store's threads (findings/obstore-a-trickle-keeps-all-threads.sh)
        eventually(lambda: web.figures()["Threads:"] - before["Threads:"] < CLEARLY_LESS)
        assert web.figures()["RssAnon:"] - before["RssAnon:"] < len(content) / 1024 * READERS / CLEARLY_LESS  # kB
        assert 'db_client_connection_count{state="used"} 0.0' in web.http.get("/metrics").text
        assert len(web.http.get(path).content) == len(content)


def test_keys_of_tokens_are_fetched_before_the_first_token_comes(web: Web) -> None:
    eventually(lambda: re.search(r"^jwks_fetched_timestamp_seconds [1-9]", web.http.get("/metrics").text, re.MULTILINE))


def test_use_of_the_database_pool_is_told(web: Web, database: Database) -> None:
    beside = quick_reads.CONNECTIONS if database.engine.dialect.name == "postgresql" else 0
    assert web.http.get("/api/v1/media").status_code == 200
    eventually(lambda: 'db_client_connection_count{state="idle"} 1.0' in web.http.get("/metrics").text)
    assert f"db_client_connection_max {15 - beside}.0" in web.http.get("/metrics").text


def test_an_upload_that_breaks_off_leaves_nothing(web: Web, nothing_is_kept: Callable[[], None]) -> None:
    for part in (b"", FORM, FORM + jpeg(2000, 1500)):
        with web.begin_upload(5_000_000) as connection:
            connection.sendall(part)
    eventually(lambda: len([line for line in web.lines() if line.get("status") == 400]) == 3)
    nothing_is_kept()
    assert web.is_ready()


def test_uploads_that_come_by_the_byte_hold_no_thread_and_leave_nothing(
    web: Web, nothing_is_kept: Callable[[], None]
) -> None:
    """The gateway ends such a client; media gives way to others meanwhile."""
    web.http.get("/api/v1/media").raise_for_status()
    before = web.figures()["Threads:"]
    with contextlib.ExitStack() as stack:
        dripping = [stack.enter_context(web.begin_upload(5_000_000)) for _ in range(20)]
        for byte in FORM:
            for connection in dripping:
                connection.sendall(bytes([byte]))
            web.http.get("/api/v1/media").raise_for_status()
        # asked meanwhile, for else anyio's threads stay (findings/anyio-idle-threads-wait-for-a-call.sh)
        eventually(lambda: web.is_ready() and web.figures()["Threads:"] - before < CLEARLY_LESS)
        refused = web.http.post("/api/v1/media", files={"file": b"no picture"})
        assert (refused.status_code, refused.json()["code"]) == (415, "unsupported_media_type")
    eventually(lambda: len([line for line in web.lines() if line.get("status") == 400]) == len(dripping))
    nothing_is_kept()
    assert web.is_ready()


def test_too_large_an_upload_is_refused_before_its_body_is_sent(web: Web) -> None:
    with web.begin_upload(100_000_000, "Expect: 100-continue") as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_what_is_in_flight_is_finished_after_sigterm(web: Web) -> None:
    body = FORM + jpeg() + b"\r\n--b--\r\n"
    with web.begin_upload(len(body), "Connection: close") as connection:
        connection.sendall(body[:100])
        eventually(lambda: ARRIVED in web.http.get("/metrics").text)
        web.process.send_signal(signal.SIGTERM)
        eventually(lambda: not web.is_ready())
        connection.sendall(body[100:])
        assert connection.recv(1000).startswith(b"HTTP/1.1 201 ")
    assert web.process.wait(15) in {0, -signal.SIGTERM}  # uvicorn ends by the signal it was sent


def test_kept_connection_is_told_before_it_is_closed(web: Web) -> None:
    """As a gateway keeps one: no request may meet a connection that closes at that very moment."""
    assert web.http.get("/livez").headers.get("Connection") != "close"
    web.process.send_signal(signal.SIGTERM)
    eventually(lambda: refuses(web))
    answer = web.http.get("/readyz")  # on the connection from before
    assert (answer.status_code, answer.headers["Connection"]) == (503, "close")
    assert answer.json() == {"status": "draining"}
    assert web.process.wait(15) in {0, -signal.SIGTERM}


def refuses(web: Web) -> bool:
    """Whether a new connection is refused."""
    try:
        socket.create_connection((web.http.base_url.host, web.http.base_url.port or 80), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


UPLOADS, TUS = "/api/v2/uploads", {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
SMALL = 4  # mebibytes
LESS_THAN_IT, MORE_THAN_IT = (1000, 1000), (1500, 1200)  # pixels: 3 MB and 5.4


@pytest.mark.parametrize(
    ("variable", "size"),
    [
        pytest.param("MEDIA_STORAGE_URL", MORE_THAN_IT, id="no room to keep it"),
        pytest.param("VAR_DIR", MORE_THAN_IT, id="no room while it comes"),
        pytest.param("VAR_DIR", LESS_THAN_IT, id="no room to clean it"),
    ],
)
def test_picture_that_a_small_disk_has_no_room_for_is_refused_for_now_however_it_comes(  # noqa: PLR0917  fixtures
    database: Database,
    mint: TokenMint,
    tmp_path: Path,
    nothing_is_kept: Callable[[], None],
    variable: str,
    size: tuple[int, int],
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    small, large = (
        jpeg(),
        encoded(Image.merge("RGB", [Image.effect_noise(size, 100) for _ in range(3)]), "PNG", compress_level=0),
    )
    where = f"file://{disk}/media" if variable == "MEDIA_STORAGE_URL" else str(disk)
    within = command_on_a_small_disk(disk, SMALL, 'exec "$@"')
    with serving(tmp_path, mint, *within, **{variable: where}) as web:
        ours = Path(f"/proc/{web.process.pid}/root{disk}")

        def is_refused_for_now(method: str, path: str, **sent: Any) -> None:
            answer = web.http.request(method, path, **sent)
            assert (answer.status_code, answer.json()["code"]) == (503, "storage_full")
            assert answer.headers["Retry-After"] == "30"

        def files() -> list[Path]:
            return [path for folder in ("media", "scratch") for path in (ours / folder).rglob("*") if path.is_file()]

        begun = {**TUS, "Upload-Length": str(len(large))}
        is_refused_for_now("POST", "/api/v1/media", files={"file": large})
        is_refused_for_now("POST", UPLOADS, headers=begun, content=large)
        nothing_is_kept()
        assert files() == []

        created = web.http.post(UPLOADS, headers={"Tus-Resumable": "1.0.0", "Upload-Length": str(len(large))})
        upload = httpx.URL(created.headers["Location"]).path
        is_refused_for_now("PATCH", upload, headers={**TUS, "Upload-Offset": "0"}, content=large)
        assert web.http.delete(upload, headers=TUS).status_code == 204

        asset = web.http.post("/api/v1/media", files={"file": small}).raise_for_status().json()
        path, kept = f"/api/v2/assets/{asset['id']}", files()
        shown = web.http.get(path)
        tag = {"If-Match": shown.headers["ETag"]}
        is_refused_for_now("PUT", f"{path}/content", headers=tag, content=large)
        assert (web.http.get(path).json(), files()) == (shown.json(), kept)
        assert opened(web.http.get(f"/api/v1/media/{asset['id']}/content").content).size == opened(small).size
        web.http.put(f"{path}/content", headers=tag, content=jpeg(60, 50)).raise_for_status()
        assert web.is_ready()
