#!/bin/bash
# redis-py 8.1.0: whether a command is tried again depends on how the client was made. Redis(host=, port=) tries ten times
# more, for some four seconds, while the calling thread waits; Redis.from_url() and Redis(connection_pool=) with the same
# address try once and raise at once. redis.asyncio does the same. Guessed: from_url is the constructor with the address
# spelled as one word. Django's RedisCache makes pools and so never tries again. Output seen, against a port that accepts and
# hangs up (connections counted there):
#   Redis(host, port): 11 connections
#   Redis.from_url: 1 connections
#   Redis(connection_pool=ConnectionPool(host, port)): 1 connections
# So name the Retry that you mean in either: retry=Retry(NoBackoff(), 0) where a cache that is away must cost nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check redis==8.1.0
"$folder/venv/bin/python" - <<'PYTHON'
import socket
import threading

import redis

listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]
connections = 0


def hang_up():
    global connections
    while True:
        connection, _ = listener.accept()
        connections += 1
        connection.close()


threading.Thread(target=hang_up, daemon=True).start()
pool = redis.ConnectionPool(host="127.0.0.1", port=port)
for how, client, expected in (
    ("Redis(host, port)", redis.Redis(host="127.0.0.1", port=port), 11),
    ("Redis.from_url", redis.Redis.from_url(f"redis://127.0.0.1:{port}"), 1),
    ("Redis(connection_pool=ConnectionPool(host, port))", redis.Redis(connection_pool=pool), 1),
):
    connections = 0
    try:
        client.get("words")
    except redis.ConnectionError:
        print(f"{how}: {connections} connections")
    assert connections == expected, "the behaviour has changed"
PYTHON
