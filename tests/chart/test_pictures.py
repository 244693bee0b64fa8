"""What media's pods may use is enough for the pictures that media takes."""

from typing import Any

import pytest
from media_service.settings import MediaSettings

from tests.chart.rendering import LEAST, SCENARIOS, Object, merged, render, values

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
