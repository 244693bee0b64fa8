"""The web process: uvicorn, one process, drained on SIGTERM."""

import asyncio
import socket
import time
from types import FrameType

import uvicorn
from chassis.health import Health
from chassis.listening import listener
from chassis.process import begin

from chassis import gc_tuning, keep_alive
from media_service.app import create_app
from media_service.checks import checks
from media_service.decoding.decoder import Decoder
from media_service.settings import MediaSettings
from media_service.storage.store import open_store


class Server(uvicorn.Server):
    """Is unready from the first moment of its end."""

    def __init__(self, config: uvicorn.Config, health: Health) -> None:
        super().__init__(config)
        self._health = health

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._health.drain()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Refuse new connections, let the clients of kept ones know, and only then close those."""
        for server in self.servers:
            server.close()
        self.server_state.default_headers.append((b"connection", b"close"))
        deadline = time.monotonic() + keep_alive.DRAINING_SERVER_SECONDS
        while self.server_state.connections and not self.force_exit and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        await super().shutdown(sockets)


def serve(settings: MediaSettings) -> None:
    """Serve until SIGTERM, then finish what is in flight within DRAIN_SECONDS."""
    begin(settings, "web")
    store, health = open_store(settings), Health()
    settings.scratch_dir.mkdir(parents=True, exist_ok=True)
    for name, probe in checks(settings, store).items():
        health.check(name, probe)
    config = uvicorn.Config(
        create_app(settings, store, Decoder.of(settings), health),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_keep_alive=keep_alive.SERVER_SECONDS,
        timeout_graceful_shutdown=round(settings.drain_seconds),
    )
    config.load()  # imports the protocols
    gc_tuning.freeze_for_serving()
    Server(config, health).run(sockets=[listener(settings.host, settings.port, "MEDIA_PORT")])
