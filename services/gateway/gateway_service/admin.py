"""The admin port: health, metrics and status. Nothing of it is reachable through the public port."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import prometheus_client
from chassis.clock import format_timestamp
from chassis.health import Health

from chassis import metrics
from gateway_service.documents.page import HTML
from gateway_service.door.turn import Turn
from gateway_service.reloading import Reloading
from gateway_service.settings import GatewaySettings, upstream_urls
from gateway_service.status.page import POLICY
from gateway_service.status.status import StatusPage

_NOT_STORED = (b"cache-control", b"no-store")


class Admin:
    """A small application beside the gateway. ``told`` is what ``/status`` says of those who serve."""

    def __init__(
        self,
        settings: GatewaySettings,
        health: Health,
        reloading: Reloading,
        told: Callable[[], dict[str, Any]],
        rendered: Callable[[], Awaitable[bytes]] | None = None,
    ) -> None:
        self._settings = settings
        self._health = health
        self._reloading = reloading
        self._told = told
        self._rendered = rendered
        self._page = StatusPage(settings)
        self._later: set[asyncio.Task[None]] = set()
        self._started = time.monotonic()

    def start(self) -> None:
        """Begin to gather what the page of ``/status`` draws."""
        self._page.start()

    def __call__(self, turn: Turn) -> None:
        if refusal := turn.head.refusal:
            _respond(turn, refusal.status, {"detail": refusal.detail})
            return
        match turn.head.raw_path:
            case b"/livez":
                _respond(turn, *self._health.livez())
            case b"/readyz":
                _respond(turn, *self._health.readyz())
            case b"/status" if b"text/html" in turn.head.fields.get(b"accept", b""):
                self._answer_later(turn, self._draw(turn))
            case b"/status":
                _respond(turn, 200, self._status())
            case b"/metrics" if self._rendered:
                self._answer_later(turn, _show_later(turn, self._rendered()))
            case b"/metrics":
                _show(turn, *metrics.render(turn.head.fields.get(b"accept", b"").decode("latin-1")))
            case _:
                _respond(turn, 404, {"detail": "Here are /livez, /readyz, /metrics and /status."})

    def _answer_later(self, turn: Turn, answering: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(answering)
        self._later.add(task)
        task.add_done_callback(self._later.discard)
        turn.on_leave = task.cancel

    async def _draw(self, turn: Turn) -> None:
        """Beside the loop: Prometheus takes its time, and charts some milliseconds."""
        body = await asyncio.to_thread(self._page.html)
        turn.respond(200, [(b"content-type", HTML), _NOT_STORED, (b"content-security-policy", POLICY)], body)

    def _status(self) -> dict[str, object]:
        return {
            "release": self._settings.release,
            "uptime_seconds": round(time.monotonic() - self._started),
            "configuration": {
                "file": str(self._settings.config),
                "applied_at": format_timestamp(datetime.fromtimestamp(self._reloading.applied_at, UTC)),
                "refused": self._reloading.refused or None,
            },
            "upstreams": upstream_urls(self._settings),
            **self._told(),
        }


def _respond(turn: Turn, status: int, said: dict[str, object]) -> None:
    _send(turn, status, "application/json", json.dumps(said).encode())


def _show(turn: Turn, figures: bytes, content_type: str = prometheus_client.CONTENT_TYPE_LATEST) -> None:
    _send(turn, 200, content_type, figures)


async def _show_later(turn: Turn, figures: Awaitable[bytes]) -> None:
    _show(turn, await figures)


def _send(turn: Turn, status: int, content_type: str, body: bytes) -> None:
    turn.respond(status, [(b"content-type", content_type.encode()), _NOT_STORED], body)
