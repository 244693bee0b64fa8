"""What a background process answers over HTTP: ``/livez`` by its heartbeat, its metrics everywhere else."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import prometheus_client

from chassis.health import Heartbeat


def serve(port: int, host: str, heartbeat: Heartbeat) -> None:
    """Answer from a thread until the process ends; port 0 is off."""
    if port:
        server, _thread = prometheus_client.start_http_server(port, addr=host)
        server.set_app(_with_livez(prometheus_client.make_wsgi_app(), heartbeat))


def _with_livez(metrics: WSGIApplication, heartbeat: Heartbeat) -> WSGIApplication:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/livez":
            return metrics(environ, start_response)
        status, body = heartbeat.livez()
        start_response(f"{status} {HTTPStatus(status).phrase}", [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    return application
