"""The servers of servers mode that no setting names: private ones, run by the supervisor."""

import dataclasses

from launcher import observers
from launcher.servers import Postgres, RabbitMQ, Redis, Server
from launcher.servers.provision import as_available
from launcher.settings import LISTENERS, SERVICES_WITH_DATABASE, Settings, broker_urls, read_settings

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
    environment = dict(settings.environment)
    for server in servers:
        environment |= {name: url for name, url in _urls(server).items() if name not in settings.given}
        if isinstance(server, RabbitMQ):
            environment |= broker_urls(environment) | _own_urls(server, settings)
    return dataclasses.replace(settings, environment=environment)


def create_databases(settings: Settings, server: Postgres) -> None:
    """Create the services' databases that are to be on the private PostgreSQL."""
    for name, database in DATABASES.items():
        if name not in settings.given:
            server.create_database(database)


def create_accounts(server: RabbitMQ) -> None:
    """Create the services' accounts on the private RabbitMQ, with what each may do. Needs .venv."""
    from chassis.events.transports import rabbitmq_permissions  # noqa: PLC0415

    owners, listeners = (
        {name: server.password_of(name) for name in names} for names in (SERVICES_WITH_DATABASE, LISTENERS)
    )
    server.define(rabbitmq_permissions.definitions(owners, listeners=listeners))


def serve(arguments: list[str]) -> None:
    """Become one program of a private server (`serve postgres`), for the supervisor to watch."""
    kind = observers.KIND_OF_PROGRAM.get(arguments[0]) or as_available(KIND_OF_PROGRAM[arguments[0]])
    server = kind(read_settings().var / "servers")
    next(program for program in server.programs() if program.name == arguments[0]).exec()


def _own_urls(server: RabbitMQ, settings: Settings) -> dict[str, str]:
    """Each service's URLs with its own account; jobs are in a virtual host of their own."""
    events = {
        f"EVENTS_URL_{name}".upper(): server.account_url(name, "%2F") for name in SERVICES_WITH_DATABASE + LISTENERS
    }
    jobs = {f"JOBS_URL_{name}".upper(): server.account_url(name, f"{name}.jobs") for name in SERVICES_WITH_DATABASE}
    return (events if "EVENTS_URL" not in settings.given else {}) | (jobs if "JOBS_URL" not in settings.given else {})


def _urls(server: Server) -> dict[str, str]:
    if isinstance(server, Postgres):
        return {name: server.database_url(database) for name, database in DATABASES.items()}
    url = server.public_url if isinstance(server, RabbitMQ) else server.url
    return dict.fromkeys(next(names for kind, names in SETTINGS.items() if isinstance(server, kind)), url)
