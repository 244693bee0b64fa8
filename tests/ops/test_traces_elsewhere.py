"""Processes with the variables of the how-to send their spans where these say, and say it when nobody takes them."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from chassis.testing.local_server import LocalServer, local_server
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from launcher import ROOT
from launcher.settings import SERVICES
from tests.support.single_process import SingleProcess
from tests.support.waiting import eventually

PAGE = (ROOT / "docs/how-to/send-traces.md").read_text()
DOCUMENTED = dict(re.findall(r"^    (OTEL_\w+)=(.*)$", PAGE, re.MULTILINE))
SOON = {"OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_TRACES_SAMPLER_ARG": "1"}
"""Milliseconds until spans leave, and all of them."""
NOBODY = "http://127.0.0.1:9"


@contextmanager
def web(service: str, folder: Path, endpoint: str) -> Iterator[tuple[SingleProcess, Path]]:
    """A web process with the documented variables and another endpoint, and its log."""
    settings = DOCUMENTED | SOON | {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
    process = SingleProcess(folder, service, **settings)
    log = folder / "log"
    if service != "gateway":
        assert process.migrate() == 0
    with log.open("w") as output, process.running(output):
        yield process, log


@pytest.fixture
def collector() -> Iterator[LocalServer]:
    """In place of New Relic."""
    with local_server() as server:
        yield server


def ask(process: SingleProcess) -> None:
    httpx.get(f"{process.url}/nowhere", timeout=30)


def told(log: Path, event: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [line for line in lines if line["event"] == event]


def test_variables_are_those_of_new_relic() -> None:
    assert DOCUMENTED.keys() == {
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_HEADERS",
        "OTEL_TRACES_SAMPLER_ARG",
    }


@pytest.mark.parametrize("service", SERVICES)
def test_spans_come_with_the_key_and_say_whose_they_are(service: str, tmp_path: Path, collector: LocalServer) -> None:
    with web(service, tmp_path, collector.url) as (process, log):
        ask(process)
        eventually(lambda: collector.requests)
        assert told(log, "spans are lost") == []
    sent = collector.requests[0]
    assert (sent.path, sent.headers["api-key"]) == ("/v1/traces", "YOUR-INGEST-LICENSE-KEY")
    resource = ExportTraceServiceRequest.FromString(sent.body).resource_spans[0].resource
    assert ("service.name", service) in {(each.key, each.value.string_value) for each in resource.attributes}


def test_a_wrong_key_is_said_without_the_key_and_the_platform_serves_on(tmp_path: Path, collector: LocalServer) -> None:
    collector.reply = lambda _: (403, b"")
    with web("gateway", tmp_path, collector.url) as (process, log):
        ask(process)
        (line,) = eventually(lambda: told(log, "spans are lost"))
        ask(process)
        assert httpx.get(f"{process.url}/livez").status_code == 200
    assert (line["reason"], line["setting"]) == (
        "the collector answers 403 Forbidden",
        "OTEL_EXPORTER_OTLP_HEADERS",
    )
    assert "YOUR-INGEST" not in log.read_text()


def test_a_collector_that_is_away_is_said_and_the_platform_serves_on(tmp_path: Path) -> None:
    with web("gateway", tmp_path, NOBODY) as (process, log):
        ask(process)
        (line,) = eventually(lambda: told(log, "spans are lost"), seconds=60)
        assert httpx.get(f"{process.url}/livez").status_code == 200
    assert line["setting"] == "OTEL_EXPORTER_OTLP_ENDPOINT"
