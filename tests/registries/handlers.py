"""A service with a table HANDLERS has all that a handler needs, in every mode, before its first one is written."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from chassis.events.topology import queues

from tests.registries.code import Service, services

PARTS = (  # file, what is in it, how that looks; {s} is the service
    ("services/{s}/{s}_service/commands.py", "command `consumer`", r'^    "consumer": shared\.consumer,$'),
    ("services/{s}/{s}_service/commands.py", "command `messenger`", r'^    "messenger": shared\.messenger,$'),
    ("services/{s}/{s}_service/commands.py", "database in its EventService", r",\s+database=\w+(\(\))?"),
    ("services/{s}/README.md", "command `consumer`", r"`broadsheet {s} [^`]*\bconsumer\b"),
    ("launcher/settings.py", "ports and broker accounts of {s}", r'^SERVICES_WITH_DATABASE = .*"{s}"'),
    (
        "docker/supervisord.conf",
        "program {s}-messenger, which is relay and consumer, with its metrics and its account",
        r"^\[program:{s}-messenger\]\n.* {s} messenger\n.* = METRICS_PORT=.*\(ENV_EVENTS_URL_(?i:{s})\)",
    ),
    ("docker/supervisord.conf", "program {s}-messenger in [group:services]", r"^programs = .*\b{s}-messenger\b"),
    ("docker/compose.yaml", "service {s}-consumer", r"^  {s}-consumer: .*\*background.*command: \[consumer\]"),
    ("docker/prometheus/prometheus.yaml", "target {s}-consumer:9100", r'\["{s}-consumer:9100"\]'),
    ("docker/compose/rabbitmq.json", "account {s}; run `make chart`", r'"name": "{s}",\s+"password"'),
    ("charts/devinfra/files/rabbitmq.json", "account {s}; run `make chart`", r'"name": "{s}",\s+"password"'),
    (
        "charts/broadsheet/templates/_components.tpl",
        "component {s}-consumer",
        r"^{s}-consumer:\s+\{service: {s}, command: consumer, kind: background\b",
    ),
    ("charts/broadsheet/templates/components/{s}-consumer.yaml", "include", r'"broadsheet\.component".*"{s}-consumer"'),
    (
        "charts/broadsheet/templates/_edges.tpl",
        "row {s}-consumer with postgresql and rabbitmq",
        r"^{s}-consumer: \[postgresql, rabbitmq\b",
    ),
    ("charts/broadsheet/values.yaml", "key components.{s}-consumer", r"^  {s}-consumer: "),
)
QUEUES = "charts/broadsheet/files/queues.yaml"
INBOX = ("SHARED_APPS", ".statements(")
"""How a service's migrations get the tables of events: by the chassis's Django app, or in Alembic."""


def problems(root: Path) -> Iterator[str]:
    """A sentence for each thing that a service lacks."""
    for service in services(root):
        yield from _of(service, root)
    file = root / QUEUES
    if not file.exists() or yaml.safe_load(file.read_text()) != consumed(root):
        yield f"{QUEUES}: not the queues that the services' HANDLERS say; run `make chart`"


def consumed(root: Path) -> dict[str, list[str]]:
    """The queues that each consumer empties, by its component in the chart."""
    return {
        f"{service.name}-consumer": [queue.name for queue in queues(service.name, service.handles)]
        for service in services(root)
    }


def _of(service: Service, root: Path) -> Iterator[str]:
    if not any(map(service.has, INBOX)):
        yield f"services/{service.name}: HANDLERS needs the tables of events, and no migration makes them"
    for file, what, looks in PARTS:
        path = root / file.replace("{s}", service.name)
        text = path.read_text() if path.exists() else ""
        if not re.search(looks.replace("{s}", service.name), text, re.MULTILINE):
            said = what.replace("{s}", service.name)
            yield f"{path.relative_to(root)}: HANDLERS of {service.name} needs the {said}"
