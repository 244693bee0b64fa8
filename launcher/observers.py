"""`make up OBSERVE=1`: Prometheus with our alerts, StatsD and Graphite beside the platform, run by the supervisor.

In servers mode exporters tell Prometheus of the private PostgreSQL and Redis; RabbitMQ does so by itself.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from launcher import LauncherError
from launcher.readiness import WEB_PORTS
from launcher.servers import (
    Exporter,
    Graphite,
    Postgres,
    PostgresExporter,
    Prometheus,
    RabbitMQ,
    Redis,
    RedisExporter,
    Server,
    StatsD,
)
from launcher.servers.binaries import find_binary
from launcher.servers.provision import provide_programs
from launcher.settings import SERVICES_WITH_DATABASE, Settings, reached_at

PACKAGES = {  # program: Debian's package
    "prometheus": "prometheus",
    "carbon-cache": "graphite-carbon",
    "graphite-manage": "graphite-web",
    "node": "nodejs",
    "npm": "npm",
}
EXPORTERS: dict[type[Server], type[PostgresExporter | RedisExporter]] = {
    Postgres: PostgresExporter,
    Redis: RedisExporter,
}
KIND_OF_PROGRAM: dict[str, type[Server]] = {
    "prometheus": Prometheus,
    "carbon": Graphite,
    "graphite": Graphite,
    "statsd": StatsD,
    "postgres-exporter": PostgresExporter,
    "redis-exporter": RedisExporter,
}


def packages(servers: Iterable[type[Server]]) -> dict[str, str]:
    """What is needed beside these servers: Debian's package of each program."""
    exporters = [EXPORTERS[kind].binary_name for kind in servers if kind in EXPORTERS]
    return PACKAGES | dict(zip(exporters, exporters, strict=True))


def provide(servers: Iterable[type[Server]]) -> None:
    """Install their programs where we may; raises LauncherError with what a person can do instead."""
    wanted = packages(servers)
    provide_programs(wanted)
    if missing := [program for program in wanted if find_binary(program) is None]:
        names = " ".join(dict.fromkeys(wanted[program] for program in missing))
        raise LauncherError(
            f"This machine has no {', '.join(missing)}; install them (Debian: apt-get install {names}), "
            "or start without OBSERVE."
        )


def observers(settings: Settings, servers: Sequence[Server]) -> list[Server]:
    """The observers that were asked for, started or not: what the others send to first."""
    if not settings.observed:
        return []
    folder = settings.var / "servers"
    graphite = Graphite(folder)
    exporters = [
        exporter(folder, watched=server.url)
        for server in servers
        for kind, exporter in EXPORTERS.items()
        if isinstance(server, kind)
    ]
    prometheus = Prometheus(folder, jobs=lambda: jobs(settings, [*servers, *exporters]))  # ports may move until then
    return [*exporters, graphite, StatsD(folder, graphite=graphite), prometheus]


def seen_by(settings: Settings, watching: Iterable[Server]) -> Settings:
    """The settings with our StatsD, and where `/status` has its figures from, unless a person has set them."""
    processes = ",".join(f"{name}=http://{where}/metrics" for name, where in _processes(settings))
    found = {"GATEWAY_STATUS_PROCESSES": processes}
    for server in watching:
        if isinstance(server, StatsD):
            found["STATSD_URL"] = server.url
        elif isinstance(server, Prometheus):
            found["GATEWAY_PROMETHEUS_URL"] = server.url
    ours = {name: value for name, value in found.items() if name not in settings.given}
    return dataclasses.replace(settings, environment=settings.environment | ours)


def jobs(settings: Settings, servers: Iterable[Server]) -> Iterator[dict[str, Any]]:
    """A job of Prometheus for each process, by its name in the chart, for each exporter, and RabbitMQ's own metrics."""
    for name, where in _processes(settings):
        yield _job(name, where)
    for server in servers:
        if isinstance(server, RabbitMQ):
            where = server.prometheus_url.removeprefix("http://").removesuffix("/metrics")
            families = {"family": ["queue_consumer_count", "queue_coarse_metrics"]}
            yield _job("rabbitmq", where)
            yield _job("rabbitmq-queues", where) | {"metrics_path": "/metrics/detailed", "params": families}
        if isinstance(server, Exporter):
            yield _job(server.name, server.where)


def _processes(settings: Settings) -> Iterator[tuple[str, str]]:
    """Each process, by its name in the chart, and where its metrics are."""
    for name, setting in WEB_PORTS.items():
        yield name, f"{reached_at(settings.host_of(setting))}:{settings.ports[setting]}"
    background = reached_at(settings.host_of("METRICS"))
    for service in SERVICES_WITH_DATABASE:
        for process in settings.background:
            port = settings.environment[f"METRICS_PORT_{service}_{process}".upper()]
            yield f"{service}-{process}", f"{background}:{port}"


def _job(name: str, where: str) -> dict[str, Any]:
    return {"job_name": name, "static_configs": [{"targets": [where]}]}
