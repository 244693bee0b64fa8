"""``make chart`` writes what the chart derives, and tests/chart fails when one of them is stale:

values.schema.json from schema.yaml and the settings the services declare, the table of values in README.md from the
comments in values.yaml, the golden render of each scenario in ``ci/``, and the copies of ``ops/`` that the chart ships:
of a link Helm tells with every command, and a packaged chart cannot have one. Also the accounts on RabbitMQ, which
Compose and devinfra make, and the queues that consumers empty.
"""

import hashlib
import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import helm_python
import yaml
from chassis.events.transports import rabbitmq_permissions
from chassis.settings import ServiceSettings, SettingInfo, catalogue

from launcher.settings import SERVICES
from ops import absences, dashboards, graphite, status_page
from tests.registries import handlers

CHARTS = Path(__file__).parent
ROOT = CHARTS.parent
CHART = CHARTS / "broadsheet"
GOLDEN = ROOT / "tests/chart/golden"
BEGIN, END = "<!-- values: begin -->\n", "<!-- values: end -->\n"

SETTLED_BY_THE_CHART = frozenset(
    {
        "ENVIRONMENT",
        "PUBLIC_URL",
        "PICTURES_URL",
        "RELEASE",
        "AUTH_URL",
        "BLOG_URL",
        "MEDIA_URL",
        "VAR_DIR",
        "DRAIN_SECONDS",
    }
    | {"METRICS_HOST", "METRICS_PORT", "HEARTBEAT_FILE", "GATEWAY_ADMIN_HOST", "GATEWAY_ADMIN_PORT", "GATEWAY_CONFIG"}
    | {f"{service.upper()}_{name}" for service in SERVICES for name in ("HOST", "PORT")}
)
"""Settings that follow from other values of the chart, see templates/_environment.tpl."""

REMOVABLE = frozenset({"resources", "requests", "limits", "cpu", "memory", "temporarySize"})
"""Defaults that a null takes away: what is left has no bound. So it does where the default is empty."""


def settings_class(service: str) -> type[ServiceSettings]:
    """The settings of a service: the one subclass of ServiceSettings that its settings module declares."""
    module = importlib.import_module(f"{service}_service.settings")
    return next(
        item
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, ServiceSettings) and item.__module__ == module.__name__
    )


def settings(service: str) -> list[SettingInfo]:
    """Every setting of a service, shared ones first."""
    return catalogue(settings_class(service))


def components() -> dict[str, dict[str, Any]]:
    """The table of components in templates/_components.tpl."""
    return _table("_components.tpl", "broadsheet.components")


def edges() -> dict[str, list[str]]:
    """The table of edges in templates/_edges.tpl."""
    return _table("_edges.tpl", "broadsheet.edges")


def secret_keys() -> dict[str, dict[str, list[str]]]:
    """The table of Secret keys in templates/_secrets.tpl."""
    return _table("_secrets.tpl", "broadsheet.secretKeys")


def _table(template: str, name: str) -> dict[str, Any]:
    text = (CHART / "templates" / template).read_text()
    body = re.search(rf'{{{{- define "{re.escape(name)}" -}}}}\n(.*?){{{{- end -}}}}', text, re.DOTALL)
    table: dict[str, Any] = yaml.safe_load(body.group(1)) if body else {}
    return table


def schema() -> dict[str, Any]:
    """values.schema.json: schema.yaml, the settings each service declares, and one entry per component."""
    document: dict[str, Any] = yaml.safe_load((CHARTS / "schema.yaml").read_text())
    definitions = document["definitions"]
    definitions["component"]["properties"] |= definitions["pod"]["properties"]
    shared = _in_the_clear(catalogue(ServiceSettings))
    definitions["sharedSettings"] = _strict(shared)
    for service in SERVICES:
        own = {name: value for name, value in _in_the_clear(settings(service)).items() if name not in shared}
        definitions[f"{service}Service"] = _service(service, own)
        component = definitions["component"]["properties"] | {"settings": _strict(shared | own)}
        definitions[f"{service}Component"] = _strict(component)
    table = {name: {"$ref": f"#/definitions/{row['service']}Component"} for name, row in components().items()}
    document["properties"]["components"]["properties"] = table
    return document | {"allOf": [_present(default_values())]}


def _present(defaults: dict[str, Any]) -> dict[str, Any]:
    """A schema by which no null took a key of the defaults away, save those that may be missing: all else is lost."""
    needed = [key for key, value in defaults.items() if not _may_be_missing(key, value)]
    parts = {key: _present(value) for key, value in defaults.items() if isinstance(value, dict) and value}
    return {"required": needed} | ({"properties": parts} if parts else {})


def _may_be_missing(key: str, default: Any) -> bool:
    return default in ("", {}, []) or key in REMOVABLE


def _service(service: str, own: dict[str, Any]) -> dict[str, Any]:
    keys = secret_keys()[service]
    values = {name: {"type": "string", "minLength": 1} for name in keys["required"] + keys["optional"]}
    secret = _strict({"existing": {"$ref": "#/definitions/nameOrEmpty"}, "values": _strict(values)})
    config = {"config": {"type": "string"}} if service == "gateway" else {}
    return _strict({"settings": _strict(own), "secret": secret, **config})


def _in_the_clear(found: list[SettingInfo]) -> dict[str, Any]:
    """Settings given as text in values: neither secret nor settled by the chart."""
    given = (item for item in found if not item.secret and item.name not in SETTLED_BY_THE_CHART)
    return {item.name: {"$ref": "#/definitions/value"} for item in given}


def _strict(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def values_table() -> str:
    """The table of README.md, from the comments that begin ``# --`` in values.yaml."""
    rows = [f"| `{path}` | `{default}` | {text} |" for path, default, text in documented_values()]
    return "\n".join(["| value | default | meaning |", "| --- | --- | --- |", *rows]) + "\n"


def documented_values() -> Iterator[tuple[str, str, str]]:
    """Path, default and explanation of each key of values.yaml that has a ``# --`` comment."""
    values = default_values()
    values["components"] = {name: row.get("own", {}) for name, row in components().items()}
    path: list[str] = []
    comment = ""
    for line in (CHART / "values.yaml").read_text().splitlines():
        if said := re.match(r"\s*# -- (.*)", line):
            comment = said.group(1)
        elif key := re.match(r"( *)([A-Za-z0-9-]+):", line):
            path[len(key.group(1)) // 2 :] = [key.group(2)]
            if comment:
                yield ".".join(path), json.dumps(_at(values, path)), comment
            comment = ""


def _at(values: Any, path: list[str]) -> Any:
    for key in path:
        values = values[key]
    return values


def default_values() -> dict[str, Any]:
    """What values.yaml holds."""
    values: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
    return values


def leaves(values: Any = None, path: str = "") -> Iterator[str]:
    """The path of every value in values.yaml that is no map with keys."""
    values = default_values() if values is None else values
    if not (isinstance(values, dict) and values):
        yield path
        return
    for key, child in values.items():
        yield from leaves(child, f"{path}.{key}" if path else key)


def golden(scenario: Path) -> str:
    """The whole release that a values file of ``ci/`` makes, one object after the other; files as their digest."""
    with helm_python.Chart.load(CHART) as chart:
        values = yaml.safe_load(scenario.read_text())
        files = chart.render(values, name="broadsheet", namespace="production")
    texts = [text for path, text in sorted(files.items()) if path.endswith(".yaml")]
    objects = [item for text in texts for item in yaml.safe_load_all(text) if item]
    for item in objects:
        if item["kind"] == "ConfigMap":
            item["data"] = {name: hashlib.sha256(text.encode()).hexdigest()[:16] for name, text in item["data"].items()}
    return yaml.safe_dump_all(objects, default_flow_style=None, width=150, sort_keys=False)


def shipped() -> Iterator[tuple[Path, str]]:
    """The dashboards and alerts, where templates/monitoring.yaml reads them."""
    for source in (*dashboards.documents(), *sorted((dashboards.FOLDER.parent / "rules").glob("*.yaml"))):
        yield CHART / source.relative_to(ROOT), source.read_text()


def accounts() -> str:
    """RabbitMQ's definitions of an administrator and the services' accounts, with names for the passwords."""
    keys = {service: secret_keys()[service]["required"] for service in SERVICES}
    services = [service for service in SERVICES if "JOBS_URL" in keys[service]]
    listeners = [service for service in SERVICES if "EVENTS_URL" in keys[service] and service not in services]
    found = rabbitmq_permissions.definitions(_passwords(services), listeners=_passwords(listeners))
    everything = {"user": "broadsheet", "configure": ".*", "write": ".*", "read": ".*"}
    found["users"].append({"name": "broadsheet", "password": "${RABBITMQ_PASSWORD}", "tags": "administrator"})
    found["permissions"] += [{"vhost": vhost["name"], **everything} for vhost in found["vhosts"]]
    return json.dumps(found, indent=1) + "\n"


def _passwords(services: list[str]) -> dict[str, str]:
    return {name: f"${{{name.upper()}_RABBITMQ_PASSWORD}}" for name in services}


def queues() -> str:
    """The queues of each consumer, for KEDA."""
    first = "# Which queues each consumer empties, as the services' HANDLERS say; `make chart` writes it.\n"
    return first + yaml.safe_dump(handlers.consumed(ROOT), default_flow_style=None)


def documents() -> Iterator[tuple[Path, str]]:
    """Every generated file with what it should hold; the schema first, for the rest is rendered by its rules."""
    yield absences.FILE, absences.rules(components(), handlers.consumed(ROOT))
    yield from shipped()
    for target in ("docker/compose/rabbitmq.json", "charts/devinfra/files/rabbitmq.json"):
        yield ROOT / target, accounts()
    yield ROOT / handlers.QUEUES, queues()
    yield CHART / "values.schema.json", json.dumps(schema(), indent=1) + "\n"
    before, rest = (CHART / "README.md").read_text().split(BEGIN)
    yield CHART / "README.md", before + BEGIN + values_table() + END + rest.split(END)[1]
    for scenario in sorted((CHART / "ci").glob("*-values.yaml")):
        yield GOLDEN / scenario.name.replace("-values", ""), golden(scenario)


if __name__ == "__main__":
    dashboards.write()
    graphite.write()
    status_page.write()
    for target, content in documents():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
