"""Private PostgreSQL, RabbitMQ, Redis, Prometheus, StatsD and Graphite on loopback ports, from the machine's binaries.

    with Postgres(folder) as postgres, RabbitMQ(folder) as rabbitmq:
        postgres.url, postgres.create_database("auth"), rabbitmq.url, rabbitmq.management_url

Nothing here needs a package to be installed: the launcher starts before there is a virtual environment.
"""

from launcher.servers.graphite import Graphite
from launcher.servers.postgres import Postgres
from launcher.servers.programs import Program
from launcher.servers.prometheus import Prometheus
from launcher.servers.rabbitmq import RabbitMQ
from launcher.servers.redis import Redis
from launcher.servers.server import Server, ServerError
from launcher.servers.statsd import StatsD

__all__ = ["Graphite", "Postgres", "Program", "Prometheus", "RabbitMQ", "Redis", "Server", "ServerError", "StatsD"]
