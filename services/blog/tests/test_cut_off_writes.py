"""Writes of posts with pictures that end in the middle, on a process as it runs in life: nothing half-written stays."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from blog_service.posts.models import Post, PostSlug
from blog_service.sent_pictures.models import SentPicture
from blog_service.sent_pictures.tasks import ABANDONED_AFTER, sent_pictures_give_up
from blog_service.testing import Caller, Neighbours
from chassis.testing import TokenMint
from chassis.testing.local_server import Received, local_server
from django.db import connection
from django.utils import timezone

from launcher.servers.ports import LOOPBACK, answers, free_port
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 60
PICTURE = b"\x89PNG " + bytes(200_000)  # more than a socket takes at once
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nFirst light\r\n'
    b'--b\r\nContent-Disposition: form-data; name="body"\r\n\r\n# md\r\n'
    b'--b\r\nContent-Disposition: form-data; name="images[0].file"; filename="a.png"\r\n\r\n'
    + PICTURE
    + b"\r\n--b--\r\n"
)


class Web:
    """`broadsheet blog web` on the database of the tests, in a process group of its own."""

    def __init__(self, folder: Path, auth_url: str) -> None:
        name, url = str(connection.settings_dict["NAME"]), urlsplit(os.environ["BLOG_DATABASE_URL"])
        here = f"sqlite:///{name}" if connection.vendor == "sqlite" else url._replace(path=f"/{quote(name)}").geturl()
        self.port = free_port()
        self.log = folder / "log"
        settings = {"BLOG_DATABASE_URL": here, "BLOG_PORT": str(self.port), "AUTH_URL": auth_url}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "chassis.run", "blog", "web"],
                env=os.environ | settings | {"VAR_DIR": str(folder)},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        eventually(self._is_at_work, seconds=SECONDS)

    def signal(self, number: signal.Signals) -> None:
        os.killpg(self.process.pid, number)

    def post(self, who: Caller, sent: bytes, *, of: int) -> http.client.HTTPConnection:
        """Begin to send a form of so many bytes."""
        client = http.client.HTTPConnection(LOOPBACK, self.port, timeout=SECONDS)
        client.putrequest("POST", "/api/v1/posts")
        for header in (
            ("Authorization", f"Bearer {who.token}"),
            ("Content-Type", "multipart/form-data; boundary=b"),
            ("Content-Length", str(of)),
        ):
            client.putheader(*header)
        client.endheaders(sent)
        return client

    def answered(self) -> list[int]:
        """The statuses of forms that are dealt with, by its log."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line["status"] for line in lines if line.get("route") == "/api/v1/posts"]

    def _is_at_work(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return answers(self.port)


@pytest.fixture
def web(tmp_path: Path, mint: TokenMint) -> Iterator[Web]:
    keys, token = (
        json.dumps(mint.jwks()).encode(),
        json.dumps({"access_token": "for-media", "expires_in": 600}).encode(),
    )

    def auth(asked: Received) -> tuple[int, bytes]:
        return 200, token if asked.path == "/internal/tokens" else keys

    with local_server() as server:
        server.reply = auth
        web = Web(tmp_path, server.url)
        try:
            yield web
        finally:
            if web.process.poll() is None:
                web.signal(signal.SIGKILL)
            web.process.wait()


def nothing_was_written() -> bool:
    return not (Post.objects.exists() or PostSlug.objects.exists())


def test_a_form_that_arrives_as_a_whole_is_a_post(web: Web, alice: Caller, neighbours: Neighbours) -> None:
    with closing(web.post(alice, FORM, of=len(FORM))) as client:
        assert client.getresponse().status == 201
    assert (list(neighbours.pictures.values()), SentPicture.objects.count()) == ([PICTURE], 0)


@pytest.mark.parametrize("sent", [FORM[:100], FORM[: len(FORM) // 2], FORM[:-4]], ids=["text", "picture", "end"])
def test_a_client_that_leaves_in_the_middle_leaves_nothing(
    web: Web, alice: Caller, neighbours: Neighbours, sent: bytes
) -> None:
    web.post(alice, sent, of=len(FORM)).close()
    assert eventually(web.answered, seconds=SECONDS) == [400]
    assert nothing_was_written()
    assert (neighbours.pictures, SentPicture.objects.count()) == ({}, 0)


def test_a_picture_whose_post_died_with_blog_is_given_up_and_goes(
    web: Web, alice: Caller, neighbours: Neighbours
) -> None:
    """It is stopped before media answers, and so killed between that answer and its own commit."""

    @contextmanager
    def dying() -> Iterator[None]:
        web.signal(signal.SIGSTOP)
        yield
        web.signal(signal.SIGKILL)

    neighbours.answering = dying
    with closing(web.post(alice, FORM, of=len(FORM))) as client, pytest.raises(ConnectionError):
        client.getresponse()
    assert web.process.wait(SECONDS) == -signal.SIGKILL
    assert list(neighbours.pictures.values()) == [PICTURE]
    assert nothing_was_written()
    (owed,) = SentPicture.objects.all()
    sent_pictures_give_up(now=timezone.now() + ABANDONED_AFTER)
    assert (neighbours.released, neighbours.pictures) == ([str(owed.asset_id)], {})
    assert not SentPicture.objects.exists()
    assert alice.writes()["slug"] == "first-light"
