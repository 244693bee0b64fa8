"""Private PostgreSQL, RabbitMQ, Redis, and who watches them and us, on loopback ports, from the machine's binaries.

    with Postgres(folder) as postgres, RabbitMQ(folder) as rabbitmq:
        postgres.url, postgres.create_database("auth"), rabbitmq.url, rabbitmq.management_url

Nothing here needs a package to be installed: the launcher starts before there is a virtual environment.
"""

from launcher.servers.exporters import Exporter, PostgresExporter, RedisExporter
from launcher.servers.graphite import Graphite
from launcher.servers.postgres import Postgres
from launcher.servers.programs import Program
from launcher.servers.prometheus import Prometheus
from launcher.servers.rabbitmq import RabbitMQ
from launcher.servers.redis import Redis
from launcher.servers.server import Server, ServerError
from launcher.servers.statsd import StatsD

__all__ = [
    "Exporter",
    "Graphite",
    "Postgres",
    "PostgresExporter",
    "Program",
    "Prometheus",
    "RabbitMQ",
    "Redis",
    "RedisExporter",
    "Server",
    "ServerError",
    "StatsD",
]
