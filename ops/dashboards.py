"""``make chart`` writes the Grafana dashboards of ``ops/dashboards`` from ``ops/panels.py``; a test compares."""

import json
from pathlib import Path
from typing import Any

from ops.panels import DASHBOARDS, Panel

FOLDER = Path(__file__).parent / "dashboards"


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
    key = "target" if panel.source == "graphite" else "expr"
    targets = [
        {"refId": chr(65 + place), key: str(query), "legendFormat": legend}
        for place, (legend, query) in enumerate(panel.queries.items())
    ]
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "gridPos": {"x": 12 * (number % 2), "y": 8 * (number // 2), "w": 12, "h": 8},
        "datasource": {"type": panel.source},
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
