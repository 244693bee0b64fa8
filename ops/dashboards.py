"""``make chart`` writes the Grafana dashboards of ``ops/dashboards`` from the panels below; a test holds them fresh."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "dashboards"
REQUESTS = "http_server_request_duration_seconds"
END_TO_END = "events_end_to_end_seconds"


@dataclass(frozen=True)
class Panel:
    """One graph: title, unit as Grafana names it, and queries by legend."""

    title: str
    unit: str
    queries: dict[str, str]


DASHBOARDS: dict[str, tuple[str, list[Panel]]] = {
    "platform": (
        "Broadsheet: promises and error budget",
        [
            Panel("Requests at the gateway", "reqps", {"all": f'sum(rate({REQUESTS}_count{{job="gateway"}}[5m]))'}),
            Panel("Server errors", "percentunit", {"5 min": "gateway:errors:ratio_rate5m"}),
            Panel(
                "Error budget burned over 6 h, times too fast", "none", {"burn": "gateway:errors:ratio_rate6h / 0.001"}
            ),
            Panel(
                "Time to answer",
                "s",
                {
                    share: f'histogram_quantile({share}, sum by (le) (rate({REQUESTS}_bucket{{job="gateway"}}[5m])))'
                    for share in ("0.5", "0.99")
                },
            ),
            Panel("Refusals by reason", "reqps", {"{{code}}": "sum by (code) (rate(gateway_refusals_total[5m]))"}),
            Panel("Age of the signing keys", "s", {"{{pod}}": "gateway_jwks_age_seconds"}),
        ],
    ),
    "service": (
        "Broadsheet: a service",
        [
            Panel(
                "Requests by route",
                "reqps",
                {"{{http_route}}": f'sum by (http_route) (rate({REQUESTS}_count{{job="$job"}}[5m]))'},
            ),
            Panel(
                "Answers by status",
                "reqps",
                {
                    "{{http_response_status_code}}": (
                        f'sum by (http_response_status_code) (rate({REQUESTS}_count{{job="$job"}}[5m]))'
                    )
                },
            ),
            Panel(
                "Time to answer, 99 % within",
                "s",
                {
                    "{{http_route}}": (
                        f'histogram_quantile(0.99, sum by (le, http_route) (rate({REQUESTS}_bucket{{job="$job"}}[5m])))'
                    )
                },
            ),
            Panel("In flight", "none", {"{{pod}}": 'sum by (pod) (http_server_active_requests{job="$job"})'}),
        ],
    ),
    "events": (
        "Broadsheet: events and jobs",
        [
            Panel("Waiting to be published", "none", {"{{job}}": "max by (job) (outbox_pending)"}),
            Panel("Oldest of them", "s", {"{{job}}": "max by (job) (outbox_oldest_age_seconds)"}),
            Panel(
                "Published", "ops", {"{{type}} {{result}}": "sum by (type, result) (rate(events_published_total[5m]))"}
            ),
            Panel(
                "Handled",
                "ops",
                {"{{consumer}} {{outcome}}": "sum by (consumer, outcome) (rate(events_handled_total[5m]))"},
            ),
            Panel(
                "From commit to effect, 99 % within",
                "s",
                {"{{consumer}}": f"histogram_quantile(0.99, sum by (le, consumer) (rate({END_TO_END}_bucket[5m])))"},
            ),
            Panel("Parked", "none", {"{{consumer}}": "sum by (consumer) (inbox_parked)"}),
            Panel("Jobs", "ops", {"{{outcome}}": "sum by (outcome) (rate(jobs_run_total[5m]))"}),
        ],
    ),
}


def document(name: str) -> dict[str, Any]:
    """The dashboard as Grafana imports it."""
    title, panels = DASHBOARDS[name]
    variable = {"name": "job", "type": "query", "query": "label_values(up, job)", "refresh": 2}
    return {
        "uid": f"broadsheet-{name}",
        "title": title,
        "tags": ["broadsheet"],
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": [variable] if name == "service" else []},
        "panels": [_panel(number, panel) for number, panel in enumerate(panels)],
    }


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    targets = [
        {"refId": chr(65 + place), "expr": query, "legendFormat": legend}
        for place, (legend, query) in enumerate(panel.queries.items())
    ]
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "gridPos": {"x": 12 * (number % 2), "y": 8 * (number // 2), "w": 12, "h": 8},
        "datasource": {"type": "prometheus"},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": targets,
    }


def documents() -> dict[Path, str]:
    """Every file with what it should hold."""
    return {FOLDER / f"{name}.json": json.dumps(document(name), indent=1) + "\n" for name in DASHBOARDS}


def write() -> None:
    """Write every dashboard."""
    FOLDER.mkdir(exist_ok=True)
    for target, content in documents().items():
        target.write_text(content)
