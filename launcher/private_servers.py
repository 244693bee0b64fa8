"""The servers of servers mode that no setting names: private ones, run by the supervisor."""

import dataclasses

from launcher.servers import Postgres, RabbitMQ, Redis, Server
from launcher.servers.provision import as_available
from launcher.settings import SERVICES_WITH_DATABASE, Settings, read_settings

DATABASES = {f"{service.upper()}_DATABASE_URL": service for service in SERVICES_WITH_DATABASE}
SETTINGS: dict[type[Server], tuple[str, ...]] = {
    Postgres: tuple(DATABASES),
    RabbitMQ: ("EVENTS_URL", "JOBS_URL"),
    Redis: ("CACHE_URL",),
}
KIND_OF_PROGRAM: dict[str, type[Server]] = {
    "postgres": Postgres,
    "redis": Redis,
    "epmd": RabbitMQ,
    "rabbitmq": RabbitMQ,
}


def wanted_kinds(settings: Settings) -> list[type[Server]]:
    """Return the kinds of servers some setting leaves open."""
    if settings.mode != "servers":
        return []
    return [kind for kind, names in SETTINGS.items() if not settings.given.issuperset(names)]


def private_servers(settings: Settings) -> list[Server]:
    """Return a server of each kind wanted, started or not."""
    return [as_available(kind)(settings.var / "servers") for kind in wanted_kinds(settings)]


def pointed_to(settings: Settings, servers: list[Server]) -> Settings:
    """Return the settings with what was left open pointing to the servers."""
    urls = {name: url for server in servers for name, url in _urls(server).items() if name not in settings.given}
    return dataclasses.replace(settings, environment=settings.environment | urls)


def create_databases(settings: Settings, server: Postgres) -> None:
    """Create the services' databases that are to be on the private PostgreSQL."""
    for name, database in DATABASES.items():
        if name not in settings.given:
            server.create_database(database)


def serve(arguments: list[str]) -> None:
    """Become one program of a private server (`serve postgres`), for the supervisor to watch."""
    server = as_available(KIND_OF_PROGRAM[arguments[0]])(read_settings().var / "servers")
    next(program for program in server.programs() if program.name == arguments[0]).become()


def _urls(server: Server) -> dict[str, str]:
    if isinstance(server, Postgres):
        return {name: server.database_url(database) for name, database in DATABASES.items()}
    return dict.fromkeys(next(names for kind, names in SETTINGS.items() if isinstance(server, kind)), server.url)
