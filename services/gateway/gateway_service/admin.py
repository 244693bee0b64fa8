"""The admin port: health, metrics and status. Nothing of it is reachable through the public port."""

import json
import time
from datetime import UTC, datetime

from chassis.clock import format_timestamp
from chassis.health import Health

from chassis import metrics
from gateway_service.app import Gateway
from gateway_service.door.turn import Turn
from gateway_service.reloading import Reloading
from gateway_service.settings import GatewaySettings
from gateway_service.tokens.keys import KeySource
from gateway_service.tokens.verified import VerifiedTokens

_JSON = "application/json"


class Admin:
    """A small application beside the gateway, in the same process."""

    def __init__(  # noqa: PLR0913  what it tells of
        self,
        settings: GatewaySettings,
        gateway: Gateway,
        health: Health,
        keys: KeySource,
        tokens: VerifiedTokens,
        *,
        reloading: Reloading,
    ) -> None:
        self._settings = settings
        self._gateway = gateway
        self._health = health
        self._keys = keys
        self._tokens = tokens
        self._reloading = reloading
        self._started = time.monotonic()

    def __call__(self, turn: Turn) -> None:
        status, content_type, body = self._answer(turn.head.raw_path)
        if refusal := turn.head.refusal:
            status, content_type, body = refusal.status, _JSON, json.dumps({"detail": refusal.detail}).encode()
        turn.respond(status, [(b"content-type", content_type.encode()), (b"cache-control", b"no-store")], body)

    def _answer(self, path: bytes) -> tuple[int, str, bytes]:
        match path:
            case b"/livez":
                status, said = self._health.livez()
            case b"/readyz":
                status, said = self._health.readyz()
            case b"/status":
                status, said = 200, self._status()
            case b"/metrics":
                return 200, metrics.CONTENT_TYPE, metrics.render()
            case _:
                status, said = 404, {"detail": "Here are /livez, /readyz, /metrics and /status."}
        return status, _JSON, json.dumps(said).encode()

    def _status(self) -> dict[str, object]:
        age = self._keys.keys.age_seconds
        return {
            "release": self._settings.release,
            "uptime_seconds": round(time.monotonic() - self._started),
            "draining": self._gateway.draining,
            "active_requests": len(self._gateway.active),
            "served_requests": self._gateway.served,
            "configuration": {
                "file": str(self._settings.config),
                "applied_at": format_timestamp(datetime.fromtimestamp(self._reloading.applied_at, UTC)),
                "refused": self._reloading.refused or None,
            },
            "upstreams": {
                "auth": self._settings.auth_url,
                "blog": self._settings.blog_url,
                "media": self._settings.media_url,
            },
            "keys": {
                "ids": sorted(self._keys.keys.kids()),
                "age_seconds": round(age) if self._keys.loaded else None,
            },
            "verified_tokens": len(self._tokens),
        }
