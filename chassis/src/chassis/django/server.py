"""The web process of a Django service: gunicorn with threads, in this very process."""

import math
import os
import select
import shutil
import socket
import sys
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from gunicorn.workers import gthread  # type: ignore[import-untyped]
from gunicorn.workers.base import Worker  # type: ignore[import-untyped]

from chassis import database_pool, gc_tuning, keep_alive, logging, metrics, process
from chassis.django.chunked import with_length
from chassis.django.database_pool import usage
from chassis.django.settings import JSON_BODY_BYTES
from chassis.settings import ServiceSettings

log = logging.get_logger()
gthread.STOP_KEEPALIVE_LINGER = keep_alive.DRAINING_SERVER_SECONDS


def serve(
    settings: ServiceSettings,
    load_application: Callable[[], Any],
    *,
    listen: Callable[[], socket.socket],
    workers: int,
    threads: int,
) -> None:
    """Serve until SIGTERM, then finish what is in flight within DRAIN_SECONDS.

    ``load_application`` gives the WSGI application; it is called once, and all workers share its memory. ``listen``
    gives the socket; it is called when the application is loaded, so that nobody waits for that.
    """
    logging.configure(settings, "web")
    if workers > 1:
        _share_metrics(settings)
    options = {
        "workers": workers,
        "threads": threads,
        "worker_class": _Worker,
        "preload_app": True,
        "keepalive": keep_alive.SERVER_SECONDS,
        "graceful_timeout": math.ceil(settings.drain_seconds),
        "logger_class": _Logger,
        "control_socket_disable": True,  # findings/gunicorn-shared-control-socket.sh
        "post_fork": lambda _arbiter, _worker: process.begin(settings, "web"),
        "post_worker_init": lambda _worker: _begin_to_serve(threads),
        "child_exit": _forget_worker,
    }
    _Server(load_application, listen, options).run()


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(
        self, load_application: Callable[[], Any], listen: Callable[[], socket.socket], options: dict[str, Any]
    ) -> None:
        self._load_application = load_application
        self._listen = listen
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from django.urls import get_resolver  # noqa: PLC0415  needs the settings of the application

        application = self._load_application()
        _ = get_resolver().url_patterns  # imports every view, or the first request would
        self.cfg.set("bind", f"fd://{self._listen().detach()}")
        return with_length(application, most=JSON_BODY_BYTES)


class _Worker(gthread.ThreadWorker):  # type: ignore[misc]
    """While it drains, a new connection is refused at once; gunicorn would leave it unanswered until the end."""

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if self.alive:
            return
        for listener in self.sockets:
            while select.select([listener], [], [], 0)[0]:  # those that came before are served
                self.accept(listener)
            listener.close()


class _Logger(Logger):  # type: ignore[misc]
    """gunicorn's own lines go through the root logger, in the shape of all others."""

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self._access_log_enabled = False  # RequestContextMiddleware writes that line
        self.error_log.propagate = True


def _share_metrics(settings: ServiceSettings) -> None:
    """Begin anew with PROMETHEUS_MULTIPROC_DIR set: prometheus_client looks at it when it is imported."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        return
    folder = (settings.var_dir / "metrics" / settings.service).absolute()
    shutil.rmtree(folder, ignore_errors=True)  # figures of processes that are gone
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        log.warning("each worker tells its own metrics only", folder=str(folder), error=str(error))
        return
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606  the same program again


def _begin_to_serve(threads: int) -> None:
    from django.db import connections  # noqa: PLC0415  needs the settings of the application

    from chassis.django.authentication import follow_issuer  # noqa: PLC0415  as above
    from chassis.django.health import health  # noqa: PLC0415  as above

    health.drain_on_sigterm()
    follow_issuer()
    database_pool.watch(lambda: usage(connections["default"], threads))
    gc_tuning.freeze_for_serving()


def _forget_worker(_arbiter: Arbiter, worker: Worker) -> None:
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        metrics.forget_process(worker.pid)
