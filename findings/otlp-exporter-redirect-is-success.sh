#!/bin/bash
# opentelemetry-exporter-otlp-proto-http 1.45.2: a redirect counts as success and is not followed. An endpoint with http:// where
# the collector's load balancer answers 308 to https:// loses every span, and neither the result nor the log says so. Guessed: what
# is answered 3xx is followed, as requests does by itself, or is a failure, as any status but 2xx is to OTLP's specification
# ("OTLP/HTTP Response": success is 200). Output seen, with requests 2.34.2:
#   308: SpanExportResult.SUCCESS, requests to where it led: 0, lines in the log: 0
#   404: SpanExportResult.FAILURE, requests to where it led: 0, lines in the log: 1
# So look at the status yourself, by a requests.Session of your own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check opentelemetry-exporter-otlp-proto-http==1.45.2 requests==2.34.2
venv/bin/python - <<'PYTHON'
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult

asked, lines = [], []


class Collector(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        asked.append(self.path)
        led = self.path.startswith("/led")
        self.send_response(200 if led else int(self.path.split("/")[1]))
        self.send_header("Location", f"http://127.0.0.1:{server.server_port}/led/v1/traces")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Lines(logging.Handler):
    def emit(self, record):
        lines.append(record.getMessage())


server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
threading.Thread(target=server.serve_forever, daemon=True).start()
logging.getLogger().addHandler(Lines())
span = TracerProvider().get_tracer("finding").start_span("work")
span.end()
seen = {}
for status in (308, 404):
    lines.clear()
    exporter = OTLPSpanExporter(endpoint=f"http://127.0.0.1:{server.server_port}/{status}/v1/traces")
    seen[status] = exporter.export([span])
    followed = sum(path.startswith("/led") for path in asked)
    print(f"{status}: {seen[status]}, requests to where it led: {followed}, lines in the log: {len(lines)}")
    assert followed == 0, "the behaviour has changed"
    if status == 308:
        assert not lines, "the behaviour has changed"
assert seen == {308: SpanExportResult.SUCCESS, 404: SpanExportResult.FAILURE}, "the behaviour has changed"
PYTHON
