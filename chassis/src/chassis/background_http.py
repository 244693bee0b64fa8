"""What a background process answers over HTTP: ``/livez`` by its heartbeat, its metrics everywhere else."""

import json
import threading
from collections.abc import Iterable
from http import HTTPStatus
from socket import socket
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import prometheus_client

from chassis.health import Heartbeat
from chassis.listening import listener


def serve(port: int, host: str, heartbeat: Heartbeat) -> None:
    """Answer from a thread until the process ends; port 0 is off."""
    if port:
        server = _Server(listener(host, port, "METRICS_PORT"))
        server.set_app(_with_livez(prometheus_client.make_wsgi_app(), heartbeat))
        threading.Thread(target=server.serve_forever, daemon=True).start()


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name it has there
        """A probe every few seconds is no news."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def __init__(self, listening: socket) -> None:
        super().__init__(listening.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.server_name, self.server_port = listening.getsockname()[:2]
        self.setup_environ()


def _with_livez(metrics: WSGIApplication, heartbeat: Heartbeat) -> WSGIApplication:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/livez":
            return metrics(environ, start_response)
        status, body = heartbeat.livez()
        start_response(f"{status} {HTTPStatus(status).phrase}", [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    return application
