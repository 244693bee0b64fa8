"""Compose runs what the chart runs, and its Prometheus and Grafana know all of it."""

import re
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from chassis.settings import catalogue, load, loading

from charts import generate
from docker import compose
from launcher.alerts import write_rules
from ops import graphite

FOLDER = Path(compose.__file__).parent
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
OURS = {name: service for name, service in COMPOSE.items() if "broadsheet/" in service["image"]}


def read(path: str) -> Any:
    return yaml.safe_load((FOLDER / path).read_text())


def test_every_component_of_the_chart_runs() -> None:
    migrations = {f"{service}-migrate" for service in ("auth", "blog", "media")}
    assert OURS.keys() == generate.components().keys() | migrations
    for name, component in generate.components().items():
        assert OURS[name].get("command", ["web"]) == [component["command"]]
        assert f"broadsheet/{component['service']}:" in OURS[name]["image"]


def test_settings_are_those_of_the_services() -> None:
    for name, service in OURS.items():
        known = {setting.name for setting in catalogue(generate.settings_class(name.partition("-")[0]))}
        assert service["environment"].keys() <= known, name


def test_secrets_are_made_once_and_do_in_production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "compose" / "secrets.env"
    compose.make_secrets(file)
    made = dict(line.split("=", 1) for line in file.read_text().splitlines())
    compose.make_secrets(file)
    assert made == dict(line.split("=", 1) for line in file.read_text().splitlines())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(set(made.values())) == len(made)
    for name, service in OURS.items():
        loading._load.cache_clear()
        for variable, value in service["environment"].items():
            text = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda asked: made[asked[1]], value)
            monkeypatch.setenv(variable, re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text))
        assert load(generate.settings_class(name.partition("-")[0])).production
    loading._load.cache_clear()


def test_prometheus_asks_every_process() -> None:
    jobs = read("prometheus/prometheus.yaml")["scrape_configs"]
    asked = [target for job in jobs for static in job["static_configs"] for target in static["targets"]]
    ports = {"gateway": 8001, "auth-web": 8010, "blog-web": 8020, "media-web": 8030}
    expected = {f"{name}:{ports.get(name, 9100)}" for name in generate.components()}
    servers = {"rabbitmq:15692", "postgres-exporter:9187", "redis-exporter:9121"}
    assert set(asked) == expected | servers
    assert {target.partition(":")[0] for target in asked} <= COMPOSE.keys()


def test_graphite_keeps_figures_as_the_catalogue_says() -> None:
    mounted = {line.partition(":")[0] for line in COMPOSE["graphite"]["volumes"]}
    assert {(FOLDER / path).resolve() for path in mounted} == graphite.documents().keys()


def test_who_watches_the_databases_has_an_account_of_its_own() -> None:
    account = COMPOSE["postgres-exporter"]["environment"]["DATA_SOURCE_USER"]
    assert (
        f"CREATE ROLE {account} LOGIN PASSWORD :'password' IN ROLE pg_monitor;"
        in (FOLDER / "compose/databases.sql").read_text()
    )


def test_grafana_has_the_dashboards_and_whom_to_ask() -> None:
    (provider,) = read("grafana/dashboards/all.yaml")["providers"]
    (mount,) = (line for line in COMPOSE["grafana"]["volumes"] if f":{provider['options']['path']}:" in line)
    assert list((FOLDER / mount.partition(":")[0]).glob("*.json"))
    sources = {source["type"] for source in read("grafana/datasources/all.yaml")["datasources"]}
    assert sources == {"prometheus", "graphite"}


def test_alerts_lead_to_where_their_runbooks_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNBOOK_URL", raising=False)
    write_rules(tmp_path)
    assert f"runbook_url: {(compose.ROOT / 'docs/runbooks/RelayAbsent.md').as_uri()}\n" in rules_in(tmp_path)
    monkeypatch.setenv("RUNBOOK_URL", "https://wiki.example/runbooks/")
    write_rules(tmp_path)
    assert "runbook_url: https://wiki.example/runbooks/RelayAbsent.md\n" in rules_in(tmp_path)
    assert "docs/runbooks" not in rules_in(tmp_path)


def rules_in(folder: Path) -> str:
    return "".join(file.read_text() for file in sorted(folder.iterdir()))
