"""How much of a process's pool of database connections is in use, in OpenTelemetry's words (db.client.connection)."""

from collections.abc import Callable
from dataclasses import dataclass

from chassis.liveness import STUCK_SECONDS, Loop
from chassis.metrics import gauge

EVERY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Usage:
    """Connections of a pool; ``waiting`` are those who want one, None where the pool does not tell."""

    used: int
    idle: int
    most: int
    waiting: int | None = None


def watch(look: Callable[[], Usage | None]) -> Loop:
    """Measure every few seconds until the loop is stopped; None is a pool that nobody has used yet.

    A thread does, not the request for metrics, which reaches only one of gunicorn's workers.
    """

    def turn() -> float:
        if usage := look():
            measure(usage)
        return EVERY_SECONDS

    return Loop("database-pool", turn, within=STUCK_SECONDS)


def measure(usage: Usage) -> None:
    """Show this usage."""
    connections = gauge("db_client_connection_count")
    connections.labels("used").set(usage.used)
    connections.labels("idle").set(usage.idle)
    gauge("db_client_connection_max").set(usage.most)
    if usage.waiting is not None:
        gauge("db_client_connection_pending_requests").set(usage.waiting)
