"""The web process: uvicorn, one process, drained on SIGTERM."""

from types import FrameType

import uvicorn
from chassis.health import Health
from chassis.process import begin

from media_service.app import create_app
from media_service.checks import checks
from media_service.settings import MediaSettings
from media_service.storage.store import open_store

KEEPALIVE_SECONDS = 75  # longer than the gateway keeps an idle connection, so that it is the one to close


class Server(uvicorn.Server):
    """Is unready from the first moment of its end."""

    def __init__(self, config: uvicorn.Config, health: Health) -> None:
        super().__init__(config)
        self._health = health

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._health.drain()
        super().handle_exit(sig, frame)


def serve(settings: MediaSettings) -> None:
    """Serve until SIGTERM, then finish what is in flight within DRAIN_SECONDS."""
    begin(settings, "web")
    store, health = open_store(settings), Health()
    settings.scratch_dir.mkdir(parents=True, exist_ok=True)
    for name, probe in checks(settings, store).items():
        health.check(name, probe)
    config = uvicorn.Config(
        create_app(settings, store, health),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_keep_alive=KEEPALIVE_SECONDS,
        timeout_graceful_shutdown=round(settings.drain_seconds),
    )
    Server(config, health).run()
