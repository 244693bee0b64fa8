#!/bin/bash
# sentry-sdk 2.75.0 with brotli 1.2.1: once the package brotli can be imported, reports leave as Content-Encoding: br, without an
# option, a log line or a dependency that says so; before that they were gzip. To install a library for one's own answers thus
# changes what another library sends, and what stands between (a relay of one's own, a proxy that looks inside) may not read it.
# Guessed: the SDK sends gzip unless told otherwise. Output seen:
#   without brotli: gzip
#   with brotli: br
#   with brotli, told: gzip
# So name it: _experiments={"transport_compression_algo": "gzip"}.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sentry-sdk==2.75.0
cat > "$folder/report.py" <<'PYTHON'
import http.server, json, sys, threading
import sentry_sdk

seen = []

class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        seen.append(self.headers["Content-Encoding"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
sentry_sdk.init(dsn=f"http://key@127.0.0.1:{server.server_port}/1", _experiments=json.loads(sys.argv[1]))
sentry_sdk.capture_message("Something happened.")
sentry_sdk.flush(10)
print(seen[0])
PYTHON
expect() { # WHEN WHAT EXPERIMENTS
    sent=$("$folder/venv/bin/python" "$folder/report.py" "$3")
    echo "$1: $sent"
    [ "$sent" = "$2" ] || { echo "the behaviour has changed" >&2; exit 1; }
}
expect "without brotli" gzip '{}'
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check brotli==1.2.1
expect "with brotli" br '{}'
expect "with brotli, told" gzip '{"transport_compression_algo": "gzip"}'
