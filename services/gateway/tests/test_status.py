"""The status page: figures from the processes or from Prometheus, drawn without a script."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256

import httpx
import pytest
from chassis.settings import SettingsError
from chassis.testing.local_server import LocalServer, local_server
from gateway_service.status import panels
from gateway_service.status.page import value
from gateway_service.status.panels import Query
from gateway_service.status.processes import Processes, quantile
from gateway_service.status.status import process_urls
from gateway_service.testing.running import Running

HTML = {"Accept": "text/html,application/xhtml+xml"}
REFUSALS = "gateway_refusals_total"


def query(function: str, metric: str, *by: str, share: float = 0.0) -> Query:
    return Query(" ".join(f"{{{{{label}}}}}" for label in by), f"{function} {metric}", function, metric, by, {}, share)


@pytest.fixture
def process() -> Iterator[LocalServer]:
    """Says what its metrics are."""
    with local_server() as server:
        yield server


class Watched:
    """A process whose metrics the test sets, looked at by the clock of the test."""

    def __init__(self, server: LocalServer, *queries: Query) -> None:
        self._server = server
        self.looking = Processes(
            {"gateway": f"{server.url}/metrics"}, [panels.Panel("Everything", "All of them", "none", queries)]
        )
        self._now = 1_000_000.0

    def tells(self, text: str, status: int = 200, after: float = 15.0) -> None:
        self._server.reply = lambda _request: (status, text.encode())
        self._now += after
        self.looking.look(self._now)

    def last(self, query: Query) -> dict[str, float]:
        return {line.name: line.points[-1][1] for line in self.looking.lines(query)}


def test_a_rate_is_what_a_counter_grew_by_within_five_minutes(process: LocalServer) -> None:
    rate = query("per second", REFUSALS, "code")
    watched = Watched(process, rate)
    watched.tells(f'{REFUSALS}{{code="route_unknown"}} 100\n')
    assert watched.last(rate) == {}
    watched.tells(f'{REFUSALS}{{code="route_unknown"}} 130\n')
    assert watched.last(rate) == {"route_unknown": 2.0}
    for _ in range(40):
        watched.tells(f'{REFUSALS}{{code="route_unknown"}} 130\n')
    assert watched.last(rate) == {"route_unknown": 0.0}


def test_a_restart_and_a_new_series_count_from_nothing(process: LocalServer) -> None:
    rate = query("per second", REFUSALS, "code")
    watched = Watched(process, rate)
    watched.tells(f'{REFUSALS}{{code="route_unknown"}} 100\n')
    watched.tells(f'{REFUSALS}{{code="route_unknown"}} 15\n{REFUSALS}{{code="overloaded"}} 30\n')
    assert watched.last(rate) == {"route_unknown": 1.0, "overloaded": 2.0}


def test_of_gauges_of_one_thing_the_largest_is_shown_by_service(process: LocalServer) -> None:
    waiting = query("largest", "outbox_pending", "service")
    looking = Processes(
        {f"blog-{name}": f"{process.url}/{name}" for name in ("relay", "worker")},
        [panels.Panel("Everything", "Waiting", "none", (waiting,))],
    )
    process.reply = lambda request: (200, b"outbox_pending 7\n" if request.path == "/relay" else b"outbox_pending 3\n")
    looking.look(1.0)
    assert [(line.name, line.points) for line in looking.lines(waiting)] == [("blog", [(1.0, 7.0)])]


@pytest.mark.parametrize(("text", "status"), [("", 500), ("outbox_pending of\n", 200)])
def test_a_process_that_does_not_answer_well_is_named(process: LocalServer, text: str, status: int) -> None:
    waiting = query("largest", "outbox_pending", "service")
    watched = Watched(process, waiting)
    watched.tells("outbox_pending 7\n")
    assert watched.looking.answering == {"gateway": True}
    watched.tells(text, status)
    assert watched.looking.answering == {"gateway": False}
    watched.tells("outbox_pending 8\n")
    assert watched.looking.answering == {"gateway": True}


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.5, 0.2), (0.9, 0.5), (0.99, 0.5), (0.25, 0.1)],  # the last ones lie beyond the last bound that is finite
)
def test_a_quantile_is_between_the_bounds_of_its_bucket(share: float, expected: float) -> None:
    counts = {"0.1": 10, "0.3": 30, "0.5": 36, "+Inf": 40}
    buckets = [({"le": bound}, float(count)) for bound, count in counts.items()]
    assert quantile(share, buckets) == pytest.approx(expected)


def test_nothing_observed_has_no_quantile() -> None:
    assert quantile(0.5, [({"le": "+Inf"}, 0.0)]) is None
    assert quantile(0.5, []) is None


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (0.0125, "s", "12.5 ms"),
        (3.2, "s", "3.2 s"),
        (1500, "reqps", "1.5 k /s"),
        (0.25, "percentunit", "25 %"),
        (7, "none", "7"),
    ],
)
def test_a_value_is_written_for_people(number: float, unit: str, text: str) -> None:
    assert value(number, unit) == text


def test_programs_get_json_and_browsers_a_page_that_loads_and_runs_nothing(gateway: Running) -> None:
    assert "uptime_seconds" in httpx.get(f"{gateway.admin_url}/status").json()
    page = httpx.get(f"{gateway.admin_url}/status", headers=HTML)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-store"
    style = re.search("<style>(.*)</style>", page.text, re.DOTALL)
    assert style
    assert b64encode(sha256(style[1].encode()).digest()).decode() in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "Set GATEWAY_PROMETHEUS_URL or GATEWAY_STATUS_PROCESSES" in page.text


def test_page_draws_what_prometheus_has_and_what_fires(
    start_gateway: Callable[..., Running], process: LocalServer
) -> None:
    def reply(path: str) -> object:
        if "/alerts" in path:
            notes = {"summary": "Sends <nothing>", "runbook_url": "docs/runbooks/RelayAbsent.md"}
            labels = {"alertname": "RelayAbsent", "severity": "page"}
            return {"alerts": [{"state": "firing", "labels": labels, "annotations": notes}]}
        if "/query_range" in path:
            labels = {"code": "route_unknown"}
            return {"result": [{"metric": labels, "values": [[1.0, "2"], [31.0, "4.5"], [61.0, "NaN"]]}]}
        return {"result": [{"metric": {"job": "blog-relay"}, "value": [1.0, "0"]}]}

    process.reply = lambda request: (200, json.dumps({"data": reply(request.path)}).encode())
    running = start_gateway(GATEWAY_PROMETHEUS_URL=process.url)
    running.wait_until_listening()
    page = httpx.get(f"{running.admin_url}/status", headers=HTML).text
    assert "RelayAbsent" in page
    assert "Sends &lt;nothing&gt;" in page
    assert "blog-relay does not answer" in page
    assert "route_unknown</span>4.5 /s" in page
    assert page.count("<svg") == len(panels.read())


@pytest.mark.parametrize("answer", [(503, b""), (200, b"<p>"), (200, b'{"data": null}')])
def test_page_says_that_prometheus_is_unavailable(
    start_gateway: Callable[..., Running], process: LocalServer, answer: tuple[int, bytes]
) -> None:
    process.reply = lambda _request: answer
    running = start_gateway(GATEWAY_PROMETHEUS_URL=process.url)
    running.wait_until_listening()
    page = httpx.get(f"{running.admin_url}/status", headers=HTML)
    assert page.status_code == 200
    assert "Prometheus" in re.sub(".*</style>", "", page.text, flags=re.DOTALL)


def test_processes_are_names_with_urls() -> None:
    assert process_urls("auth-web=http://auth/metrics, blog-web=http://blog/metrics,") == {
        "auth-web": "http://auth/metrics",
        "blog-web": "http://blog/metrics",
    }
    with pytest.raises(SettingsError, match="'auth-web' has no URL"):
        process_urls("auth-web=auth:8010")
