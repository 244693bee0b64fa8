"""The edge of Compose, its own nginx configuration run here: TLS, and pictures that media leaves to it."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from docker import compose
from launcher.servers.ports import LOOPBACK, answers, free_port
from tests.support.api import Visitor, json_of
from tests.support.platform import Platform
from tests.support.programs import program, running
from tests.support.waiting import eventually

CONFIGURATION = Path(compose.__file__).parent / "nginx/edge.conf"
OF_ONE_HOP = {"server", "date", "connection", "content-length", "x-accel-redirect", "x-request-id"}
AROUND = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {edge}
}}
"""


@pytest.fixture(scope="module")
def edge(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A stranger at the edge, which trusts the certificate that ``make compose-up`` makes."""
    nginx, folder = program("nginx", "nginx-light"), tmp_path_factory.mktemp("edge")
    compose.certificate(folder)
    port = free_port()
    elsewhere = {
        "set $gateway gateway:8000": f"set $gateway {LOOPBACK}:{platform.settings['GATEWAY_PORT']}",
        "listen 8443": f"listen {LOOPBACK}:{port}",
        "/tls/": f"{folder}/",
        "alias /pictures/": f"alias {platform.folder}/media/",
    }
    text = CONFIGURATION.read_text()
    for here, there in elsewhere.items():
        assert here in text
        text = text.replace(here, there)
    configuration = folder / "nginx.conf"
    configuration.write_text(AROUND.format(folder=folder, edge=text))
    with running(nginx, "-c", configuration, log=folder / "log"):
        eventually(lambda: answers(port))
        trusted = ssl.create_default_context(cafile=folder / "edge.crt")
        with httpx.Client(base_url=f"https://localhost:{port}", verify=trusted) as client:
            yield client


def path_of(url: str) -> str:
    return httpx.URL(url).path


def test_posts_are_read_through_tls(edge: httpx.Client) -> None:
    answer = edge.get("/api/v1/posts")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("size", ["thumb", "original"])
def test_picture_comes_from_the_edge_with_all_that_media_said(
    edge: httpx.Client, alice: Visitor, picture: dict[str, str], size: str
) -> None:
    path = path_of(picture[size])
    origin = {"Origin": "http://localhost:3000", "Accept": "image/webp"}
    left_to_edge = eventually(lambda: _if_made(alice.http.get(path, headers=origin)))
    assert left_to_edge.headers["x-accel-redirect"].startswith("/stored/")
    assert left_to_edge.content == b""
    answer = edge.get(path, headers=origin)
    assert answer.status_code == 200
    assert answer.content[:4] in {b"RIFF", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xdb", b"\xff\xd8\xff\xe1"}
    said = {name: value for name, value in left_to_edge.headers.items() if name not in {*OF_ONE_HOP, "x-cache"}}
    assert said == {name: value for name, value in answer.headers.items() if name in said}
    assert answer.headers["x-cache"] in {"miss", "hit"}, "it was asked for by a stranger"
    assert answer.headers["x-request-id"]
    assert "x-accel-redirect" not in answer.headers


@pytest.mark.parametrize(
    ("way", "asked"),
    [
        ("links", {"expires_in": 600, "preset": "original"}),
        ("transforms", {"operations": "resize:fit:100:100", "format": "webp"}),
    ],
)
def test_signed_picture_comes_from_the_edge_whole_and_in_parts(
    edge: httpx.Client, alice: Visitor, picture: dict[str, str], way: str, asked: dict[str, object]
) -> None:
    asset = path_of(picture["original"]).split("/")[2]
    made = json_of(alice.http.post(f"/api/v2/assets/{asset}/{way}", json=asked), 201)
    path = path_of(made["url"])
    left_to_edge = eventually(lambda: _if_made(alice.http.get(path)))
    assert left_to_edge.headers["x-accel-redirect"].startswith("/stored/")
    whole = edge.get(path)
    assert (whole.status_code, "x-accel-redirect" in whole.headers) == (200, False)
    for name in ("cache-control", "content-type", "etag", "content-security-policy", "x-content-type-options"):
        assert whole.headers[name] == left_to_edge.headers[name]
    part = edge.get(path, headers={"Range": "bytes=10-19", "If-Range": whole.headers["etag"]})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    end = edge.get(path, headers={"Range": "bytes=-5"})
    assert (end.status_code, end.content) == (206, whole.content[-5:])
    assert edge.get(path, headers={"Range": "bytes=99999999-"}).status_code == 416
    assert edge.get(path, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert edge.get(path.replace("0", "1", 1)).status_code == 403


def test_part_and_unchanged_picture_are_answered_through_the_edge(edge: httpx.Client, picture: dict[str, str]) -> None:
    path = path_of(picture["original"])
    whole = edge.get(path)
    part = edge.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert edge.get(path, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    several = edge.get(path, headers={"Range": "bytes=0-1,4-5"})
    assert several.status_code == 206
    assert several.headers["content-type"].startswith("multipart/byteranges; boundary=")
    for piece in (whole.content[0:2], whole.content[4:6]):
        assert b"\r\n\r\n" + piece + b"\r\n--" in several.content


def test_own_picture_is_sent_to_its_owner_alone(edge: httpx.Client, alice: Visitor, picture: dict[str, str]) -> None:
    path = f"/api/v1/media/{path_of(picture['original']).split('/')[2]}/content"
    assert edge.get(path).status_code == 401
    token = {"Authorization": alice.http.headers["Authorization"]}
    answer = edge.get(path, headers=token)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    assert answer.content == edge.get(path_of(picture["original"])).content


def test_folder_of_pictures_cannot_be_asked_for(edge: httpx.Client, alice: Visitor, picture: dict[str, str]) -> None:
    stored = alice.http.get(path_of(picture["original"])).headers["x-accel-redirect"]
    for path in (stored, "/stored/", f"/api/..{stored}"):
        assert edge.get(path).status_code == 404


def _if_made(answer: httpx.Response) -> httpx.Response | None:
    return answer if answer.status_code == 200 else None
