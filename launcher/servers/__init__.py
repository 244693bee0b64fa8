"""Private PostgreSQL, RabbitMQ and Redis on loopback ports, from binaries on the machine, without root.

    with Postgres(folder) as postgres, RabbitMQ(folder) as rabbitmq:
        postgres.url, postgres.create_database("auth"), rabbitmq.url, rabbitmq.management_url

Nothing here needs a package to be installed: the launcher starts before there is a virtual environment.
"""

from launcher.servers.postgres import Postgres
from launcher.servers.programs import Program
from launcher.servers.rabbitmq import RabbitMQ
from launcher.servers.redis import Redis
from launcher.servers.server import Server, ServerError

__all__ = ["Postgres", "Program", "RabbitMQ", "Redis", "Server", "ServerError"]
