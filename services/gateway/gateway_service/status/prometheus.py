"""The figures of the last hour as Prometheus has them, with the alerts that fire."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import urllib3

from gateway_service.status.asking import connections
from gateway_service.status.panels import Line, Query

SECONDS = 3600
STEP_SECONDS = 30
_SEVERITIES = ("page", "ticket")


class PrometheusUnavailableError(Exception):
    """Prometheus does not answer, or not as it should; its text says how."""


@dataclass(frozen=True)
class Alert:
    """An alert that fires, with the address of its runbook where the rule names one."""

    name: str
    severity: str
    summary: str
    runbook: str


class Prometheus:
    """Asks for each page; raises PrometheusUnavailableError."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._http = connections()

    def lines(self, query: Query) -> list[Line]:
        """What its chart shows."""
        now = time.time()
        asked = {"query": query.text, "start": f"{now - SECONDS:.3f}", "end": f"{now:.3f}", "step": str(STEP_SECONDS)}
        with _understanding():
            return [
                Line(query.name(each["metric"]), [(moment, float(v)) for moment, v in each["values"] if v != "NaN"])
                for each in self._ask("query_range", asked)["result"]
            ]

    @property
    def answering(self) -> dict[str, bool]:
        """Whether all processes of a job answer for their metrics."""
        with _understanding():
            found = self._ask("query", {"query": "min by (job) (up)"})["result"]
            return {each["metric"].get("job", ""): each["value"][1] == "1" for each in found}

    def alerts(self) -> list[Alert]:
        """The alerts that fire and are for a person, the most urgent first."""
        with _understanding():
            firing = [_alert(each) for each in self._ask("alerts", {})["alerts"] if each["state"] == "firing"]
        told = [alert for alert in firing if alert.severity in _SEVERITIES]  # one that always fires is for Alertmanager
        return sorted(told, key=lambda alert: (_SEVERITIES.index(alert.severity), alert.name))

    def _ask(self, path: str, fields: dict[str, str]) -> Any:
        answer = self._http.request("GET", f"{self._url}/api/v1/{path}", fields=fields)
        if answer.status != HTTPStatus.OK:
            raise PrometheusUnavailableError(f"Prometheus answers {answer.status}.")
        return answer.json()["data"]


@contextmanager
def _understanding() -> Iterator[None]:
    try:
        yield
    except urllib3.exceptions.HTTPError as error:
        raise PrometheusUnavailableError(f"Prometheus does not answer: {type(error).__name__}.") from error
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise PrometheusUnavailableError("What answers there is no Prometheus.") from error


def _alert(found: dict[str, Any]) -> Alert:
    labels, notes = found["labels"], found["annotations"]
    return Alert(
        labels["alertname"], labels.get("severity", ""), notes.get("summary", ""), notes.get("runbook_url", "")
    )
