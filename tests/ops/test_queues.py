"""RabbitMQ tells Prometheus, as docker/prometheus asks it, which queue nobody consumes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from chassis.events.topology import Queue
from chassis.events.transports.rabbitmq import RabbitMQTransport
from prometheus_client.parser import text_string_to_metric_families

from launcher.servers import RabbitMQ
from tests.support import servers
from tests.support.waiting import eventually

LEFT, CONSUMED = "blog.auth-events", "blog.media-events"


@pytest.fixture(scope="module")
def broker() -> Iterator[RabbitMQ]:
    with servers.or_left_out(servers.rabbitmq_to_look_into()) as server:
        assert isinstance(server, RabbitMQ)
        yield server


def asked_for() -> dict[str, Any]:
    """How docker/prometheus asks for the queues."""
    configuration = yaml.safe_load((Path(__file__).parents[2] / "docker/prometheus/prometheus.yaml").read_text())
    (job,) = [job for job in configuration["scrape_configs"] if job["job_name"] == "rabbitmq-queues"]
    return dict(job)


def consumers(broker: RabbitMQ) -> dict[str, float]:
    job = asked_for()
    url = httpx.URL(broker.prometheus_url).copy_with(path=job["metrics_path"])
    families = text_string_to_metric_families(httpx.get(url, params=job["params"]).text)
    samples = [sample for family in families for sample in family.samples]
    return {each.labels["queue"]: each.value for each in samples if each.name == "rabbitmq_detailed_queue_consumers"}


def test_queue_that_nobody_consumes_is_seen(broker: RabbitMQ) -> None:
    transport = RabbitMQTransport(broker.url)
    transport.apply([Queue(LEFT, ("auth.user.registered.v1",)), Queue(CONSUMED, ("media.asset.ready.v1",))])
    subscription = transport.subscribe([CONSUMED], prefetch=1)
    try:
        eventually(lambda: consumers(broker).items() >= {LEFT: 0, CONSUMED: 1}.items(), every=0.5)
    finally:
        subscription.close()
