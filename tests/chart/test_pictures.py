"""What media's pods may use is enough for the pictures that media takes."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import helm_python
import pytest
from media_service.settings import MediaSettings

from tests.chart.rendering import CHART, LEAST, SCENARIOS, Object, merged, render, values

AT_REST = 256 << 20  # bytes, generously: a web process or a worker with nothing to decode
WIDEST_PIXEL = 8  # bytes: four samples of sixteen bits
UNITS = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}


def in_bytes(quantity: str) -> int:
    return int(quantity[:-2]) * UNITS[quantity[-2:]]


def default(name: str) -> int:
    value = MediaSettings.model_fields[name].default
    assert isinstance(value, int)
    return value


@pytest.fixture(params=["least", *SCENARIOS])
def objects(request: pytest.FixtureRequest) -> list[Object]:
    return render(LEAST if request.param == "least" else merged(LEAST, values(request.param)))


def setting(objects: list[Object], name: str) -> int:
    """A setting as media's web pods have it."""
    environment = pod_of(objects, "media-web")["containers"][0]["env"]
    given = {item["name"]: item.get("value") for item in environment}
    assert "MEDIA_STORAGE_URL" in given
    return int(given.get(f"MEDIA_{name.upper()}") or default(name))


def pod_of(objects: list[Object], component: str) -> dict[str, Any]:
    found = [item for item in objects if item["kind"] == "Deployment" and item["metadata"]["name"].endswith(component)]
    (deployment,) = found
    pod: dict[str, Any] = deployment["spec"]["template"]["spec"]
    return pod


def test_the_memory_that_decoding_may_take_is_there(objects: list[Object]) -> None:
    for component, at_once in (("media-web", 1), ("media-worker", "worker_concurrency")):
        pod = pod_of(objects, component)
        limit = in_bytes(pod["containers"][0]["resources"]["limits"]["memory"])
        times = at_once if isinstance(at_once, int) else setting(objects, at_once)
        assert AT_REST + times * setting(objects, "decode_memory") <= limit, component


def test_the_temporary_folder_holds_all_uploads_and_what_is_turned(objects: list[Object]) -> None:
    pod = pod_of(objects, "media-web")
    (folder,) = [volume["emptyDir"] for volume in pod["volumes"] if volume["name"] == "temporary"]
    turned = setting(objects, "decode_concurrency") * (
        setting(objects, "max_pixels") * WIDEST_PIXEL + 3 * setting(objects, "max_upload_bytes")
    )
    assert setting(objects, "scratch_bytes") + turned <= in_bytes(folder["sizeLimit"])


APART = {"picturesUrl": "https://pictures.example"}
PUBLISHED = {"ingress": {"enabled": True, "hosts": ["news.example", "pictures.example"]}}


def test_an_origin_of_pictures_is_told_to_all_and_published() -> None:
    told = render(merged(LEAST, APART | PUBLISHED))
    for item in told:
        if item["kind"] == "Deployment":
            environment = item["spec"]["template"]["spec"]["containers"][0]["env"]
            assert {"name": "PICTURES_URL", "value": APART["picturesUrl"]} in environment, item["metadata"]["name"]
    (ingress,) = [item for item in told if item["kind"] == "Ingress"]
    assert [rule["host"] for rule in ingress["spec"]["rules"]] == PUBLISHED["ingress"]["hosts"]


@pytest.mark.parametrize(
    ("url", "host"), [("Pictures.Example:443", "pictures.example"), ("a.b.example", "*.b.example")]
)
def test_an_origin_of_pictures_may_be_published_otherwise(url: str, host: str) -> None:
    published = {"ingress": {"enabled": True, "hosts": ["news.example", host]}}
    assert render(merged(LEAST, {"picturesUrl": f"https://{url}"} | published))


def test_a_wildcard_of_an_http_route_is_for_any_number_of_labels() -> None:
    route = {
        "httpRoute": {"enabled": True, "hostnames": ["news.example", "*.example"], "parentRefs": [{"name": "edge"}]}
    }
    assert render(merged(LEAST, {"picturesUrl": "https://a.b.example"} | route))


class _Gateway(BaseHTTPRequestHandler):
    """As the real one with PICTURES_URL: pictures are at that host alone."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        urls = {size: f"{APART['picturesUrl']}/m/1/1/{size}" for size in ("thumb", "medium", "large")}
        told = {"id": "1", "urls": urls, "access": "token"}
        self._answer(200 if self.path.endswith("/create") else 201, json.dumps(told).encode())

    def do_GET(self) -> None:
        at_pictures = self.headers["Host"] == "pictures.example"
        if self.path.startswith("/m/") != at_pictures:
            self._answer(421, b"elsewhere")
        else:
            self._answer(200, b"RIFF....WEBP" if at_pictures else b'{"status": "ready"}')

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_helm_test_asks_for_pictures_where_they_are() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Gateway) as gateway:
        threading.Thread(target=gateway.serve_forever).start()
        told = {"GATEWAY": f"http://127.0.0.1:{gateway.server_port}", "PUBLIC_URL": "https://news.example"}
        script = CHART / "files/tests/picture_is_rendered.py"
        try:
            ran = subprocess.run(
                [sys.executable, script], env=os.environ | told, capture_output=True, text=True, check=False
            )
        finally:
            gateway.shutdown()
    assert (ran.returncode, ran.stdout.splitlines()[-1:]) == (0, ["ok: a picture is rendered"]), ran.stderr


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (APART | {"ingress": {"enabled": True, "hosts": ["news.example"]}}, "add pictures.example to ingress.hosts"),
        ({"publicUrl": "https://news.example", "picturesUrl": "https://news.example:8443"}, "host of publicUrl"),
        ({"publicUrl": "https://news.example", "picturesUrl": "https://News.example"}, "host of publicUrl"),
        (APART | {"ingress": {"enabled": True, "hosts": ["*.other.example"]}}, "add pictures.example to ingress.hosts"),
        ({"picturesUrl": "http://pictures.example"}, "must begin with https"),
        ({"picturesUrl": "pictures.example"}, "picturesUrl"),
    ],
)
def test_an_origin_of_pictures_that_could_not_work_is_refused(given: dict[str, Any], why: str) -> None:
    with pytest.raises((helm_python.HelmRenderError, helm_python.HelmValuesError), match=why):
        render(merged(LEAST, given))
