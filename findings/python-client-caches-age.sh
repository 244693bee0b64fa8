#!/bin/bash
# CacheControl 0.14.4, requests-cache 1.3.3 (cache_control=True) and hishel 2.0.0, the caches for requests and httpx, do not
# read Age: an answer that a cache on the way has held for longer than its max-age is kept for another max-age and used
# without asking. So each cache on the way adds a whole lifetime. Guessed: a client cache of RFC 9111 takes Age off (4.2.3),
# as browsers and undici do. Date does not help where the gateway renews it, as nginx does, and here. Output seen (requests
# at the server for two calls, max-age=600 in each):
#   CacheControl: Age 0 asked 1, Age 700 asked 1
#   requests-cache: Age 0 asked 1, Age 700 asked 1
#   hishel: Age 0 asked 1, Age 700 asked 1
# So send a small max-age beside s-maxage where such clients read, or drop the client's cache and send If-None-Match.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    CacheControl==0.14.4 requests-cache==1.3.3 requests==2.34.2 "hishel[httpx]==2.0.0"
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from cachecontrol import CacheControl
from hishel.httpx import CacheClient
from requests_cache import CachedSession

asked = []


class Gateway(BaseHTTPRequestHandler):
    """An answer whose age in the cache of this gateway is the path; the Date is the current one."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked.append(self.path)
        self.send_response(200)
        for name, value in (("Cache-Control", "max-age=600"), ("Age", self.path[1:]), ("Content-Length", "0")):
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *words):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
threading.Thread(target=server.serve_forever, daemon=True).start()


def count(session, age):
    asked.clear()
    for _ in range(2):
        assert session.get(f"http://127.0.0.1:{server.server_port}/{age}").headers["Age"] == str(age)
    return len(asked)


caches = {
    "CacheControl": CacheControl(requests.Session()),
    "requests-cache": CachedSession(backend="memory", cache_control=True),
    "hishel": CacheClient(),
}
assert count(requests.Session(), 0) == 2
for name, session in caches.items():
    seen = [count(session, age) for age in (0, 700)]
    print(f"{name}: Age 0 asked {seen[0]}, Age 700 asked {seen[1]}")
    assert seen == [1, 1], "the behaviour has changed"
PYTHON
