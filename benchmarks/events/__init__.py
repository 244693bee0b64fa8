"""Events: from the outbox to the broker, to the effect in another service, beside simpler ways to do it.

Everything runs on a private PostgreSQL and RabbitMQ with the settings they have in production: commits are flushed,
queues are quorum queues, publishes are confirmed.
"""

import tempfile
from pathlib import Path

from benchmarks.events import consuming, latency, press, publishing
from benchmarks.results import Figure
from launcher.servers import Postgres, RabbitMQ


def measure(*, quick: bool) -> list[Figure]:
    """P3, P8 and the consumer's rate on PostgreSQL and RabbitMQ, P4 on both transports."""
    press.log_as_in_production()
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as name:
        folder = Path(name)
        postgres = Postgres(folder, settings={"shared_buffers": "256MB", "max_wal_size": "4GB"})
        with postgres, RabbitMQ(folder) as rabbitmq:
            figures = publishing.measure(postgres, rabbitmq.create_vhost("publishing"), quick=quick)
            figures += consuming.measure(postgres, rabbitmq.create_vhost("consuming"), quick=quick)
            figures += latency.measure_servers(postgres, rabbitmq.create_vhost("latency"), quick=quick)
        figures += latency.measure_embedded(folder, quick=quick)
        postgres.remove()
    return figures
