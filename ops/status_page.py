"""``make chart`` writes which of the dashboards' panels the gateway's status page shows; a test compares."""

import json
from dataclasses import asdict
from pathlib import Path

from ops.panels import DASHBOARDS, Panel, Query

FILE = Path(__file__).parent.parent / "services/gateway/gateway_service/status/panels.json"
SHOWN = {  # it is looked at when something is wrong: heading, and the dashboards' panels
    "Requests": (
        ("platform", "Requests at the gateway"),
        ("gateway", "Answers by status"),
        ("platform", "Time to answer"),
        ("gateway", "Refusals by reason"),
        ("gateway", "Head of an upstream's answer, 99 % within"),
        ("gateway", "Cache"),
    ),
    "Events": (
        ("events", "Waiting to be published"),
        ("events", "Handled"),
        ("events", "From commit to effect, 99 % within"),
    ),
    "Jobs": (("jobs", "Run"), ("jobs", "Took, 99 % within")),
}


def document() -> str:
    """What the file should hold."""
    known = {(name, panel.title): panel for name, (_, panels) in DASHBOARDS.items() for panel in panels}
    shown = [_panel(heading, known[each]) for heading, chosen in SHOWN.items() for each in chosen]
    return json.dumps(shown, indent=1) + "\n"


def _panel(heading: str, panel: Panel) -> dict[str, object]:
    queries = [
        {"legend": legend, "text": str(query), **asdict(query)}
        for legend, query in panel.queries.items()
        if isinstance(query, Query)  # the page answers no others where there is no Prometheus
    ]
    return {"heading": heading, "title": panel.title, "unit": panel.unit, "queries": queries}


def write() -> None:
    """Write the file."""
    FILE.write_text(document())
