#!/bin/bash
# requests 2.34.2 with urllib3 2.8.0: HTTPAdapter(max_retries=3) asks again when the server has answered 503, 429 or 413 with
# Retry-After, and sleeps in the caller's thread for as long as that says. Its own documentation says of the number that it
# "applies only to failed DNS lookups, socket connections and connection timeouts, never to requests where data has made it
# to the server", and so one guesses. The number becomes urllib3's Retry(3), which respects Retry-After by itself. Output seen:
#   503: requests 1
#   503 with Retry-After: requests 4
#   429 with Retry-After: requests 4
#   500 with Retry-After: requests 1
# So give Retry(3, status=0, respect_retry_after_header=False) where only connections are meant (seen: requests 1).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check requests==2.34.2 urllib3==2.8.0
"$folder/venv/bin/python" - <<'PYTHON'
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

asked = []


class Busy(BaseHTTPRequestHandler):
    """Answers with the status that the path asks for; a second part of the path is the value of Retry-After."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked.append(self.path)
        status, _, after = self.path[1:].partition("/")
        self.send_response(int(status))
        if after:
            self.send_header("Retry-After", after)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Busy)
threading.Thread(target=server.serve_forever, daemon=True).start()


def count(path, retries):
    asked.clear()
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=retries))
        answer = session.get(f"http://127.0.0.1:{server.server_port}{path}")
    assert str(answer.status_code) == path[1:4]
    return len(asked)


for path, seen in (("/503", 1), ("/503/0", 4), ("/429/0", 4), ("/500/0", 1)):
    number = count(path, 3)
    print(f"{path[1:4]}{' with Retry-After' * (len(path) > 4)}: requests {number}")
    assert number == seen, "the behaviour has changed"
only_connections = count("/503/0", Retry(3, status=0, respect_retry_after_header=False))
print(f"503 with Retry-After and the Retry named above: requests {only_connections}")
assert only_connections == 1, "the advice is wrong by now"
PYTHON
