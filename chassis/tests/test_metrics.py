"""The catalogue and what is made of it."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from chassis.request_scope import request_scope
from prometheus_client import REGISTRY

from chassis import metrics

CHASSIS = Path(metrics.__file__).parents[2]


def test_every_entry_of_the_catalogue_can_be_built() -> None:
    for name, info in metrics.catalogue().items():
        metrics.metric(name)
        assert info["meaning"].endswith(".")
        assert info["unit"]
        assert re.fullmatch("[a-z_]+", name)


def test_a_metric_outside_the_catalogue_cannot_be_made() -> None:
    with pytest.raises(KeyError):
        metrics.counter("invented_total")


def test_request_is_counted_by_route_template() -> None:
    labels = {"http_request_method": "GET", "http_route": "/posts/{slug}", "http_response_status_code": "200"}
    with metrics.http_request("GET") as request:
        request.route, request.status = "/posts/{slug}", 200
        assert REGISTRY.get_sample_value("http_server_active_requests", {"http_request_method": "GET"}) == 1
    assert REGISTRY.get_sample_value("http_server_request_duration_seconds_count", labels) == 1
    assert REGISTRY.get_sample_value("http_server_active_requests", {"http_request_method": "GET"}) == 0


@pytest.mark.parametrize(("flags", "told"), [("01", True), ("00", False)], ids=["kept", "nobody keeps it"])
def test_latency_names_a_trace_that_is_kept(flags: str, told: bool) -> None:
    trace = f"{flags}c0ffee" * 4
    caller = {"traceparent": f"00-{trace}-00f067aa0ba902b7-{flags}"}
    with request_scope("GET", caller.get) as request:
        request.timer.route, request.timer.status = f"/exemplary/{flags}", 200
    page, content_type = metrics.render("application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
    assert content_type.startswith("application/openmetrics-text")
    assert (trace in page.decode()) == told
    plain, content_type = metrics.render("*/*")
    assert content_type.startswith("text/plain")
    assert b"/exemplary/" in plain
    assert trace not in plain.decode()


def test_failing_request_is_a_500_and_invented_methods_are_one_label() -> None:
    labels = {"http_request_method": "_OTHER", "http_route": "unknown", "http_response_status_code": "500"}
    with pytest.raises(RuntimeError), metrics.http_request("BREW"):
        raise RuntimeError
    assert REGISTRY.get_sample_value("http_server_request_duration_seconds_count", labels) == 1


def test_workers_are_added_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    worker = "from chassis import metrics\nwith metrics.http_request('GET') as r: r.route = '/added'; r.status = 200"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", worker], check=True)
    text = metrics.render()[0].decode()
    assert re.search(r'request_duration_seconds_count{.*http_route="/added".*} 2.0', text)


def counting(folder: Path, *, room: int = 1 << 30) -> str:
    """What a worker prints that adds up many figures, and shares them in a folder on a disk with that much room."""
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    command = [sys.executable, "-c", ADD_MANY, str(room)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


ADD_MANY = """
import errno
import os
import sys
from chassis import metrics

def allocate(descriptor, start, length, real=os.posix_fallocate):
    if length > int(sys.argv[1]):
        raise OSError(errno.ENOSPC, "No space left on device")
    real(descriptor, start, length)

os.posix_fallocate = allocate
refusals = metrics.counter("gateway_refusals_total")
for number in range(1000): refusals.labels(f"code_{number}").inc()
page, _ = metrics.render()
print(sum(refusals.labels(f"code_{number}")._value.get() for number in range(1000)), page.count(b"code_"))
"""


def test_room_is_there_before_a_figure_is_written(tmp_path: Path) -> None:
    assert counting(tmp_path) == "1000.0 1000\n"
    (file,) = tmp_path.iterdir()
    assert file.stat().st_blocks * 512 >= file.stat().st_size > 65536  # no holes: writing in one can end the process


def test_worker_goes_on_where_its_figures_have_no_room(tmp_path: Path) -> None:
    assert counting(tmp_path, room=1000) == "1000.0 0\n"
    assert list(tmp_path.iterdir()) == []


def test_worker_goes_on_where_its_figures_get_no_more_room(tmp_path: Path) -> None:
    total, shared = counting(tmp_path, room=100_000).split()
    assert (total, 0 < int(shared) < 1000) == ("1000.0", True)


def test_worker_goes_on_where_there_is_no_folder_for_figures(tmp_path: Path) -> None:
    assert counting(tmp_path / "none") == "1000.0 1000\n"


def test_wheel_carries_the_catalogue_and_the_table_of_access(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=CHASSIS, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for origin in (CHASSIS.parent / "ops" / "metrics.yaml", CHASSIS.parent / "contracts" / "access.yaml"):
            assert archive.read(f"chassis/{origin.name}") == origin.read_bytes()
