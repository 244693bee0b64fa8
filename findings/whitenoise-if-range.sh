#!/bin/bash
# WhiteNoise 6.12.0: If-Range is not read. A client that resumes a download after the file has changed gets 206 with the end of
# the new file to put behind the beginning of the old one, though it asked for that only if the file is still the same
# (RFC 9110, 13.1.5: else the whole file with 200). Guessed: a server that offers ETag, Last-Modified and ranges knows the
# condition that ties them together. Output seen:
#   before: 200 "one one one", resumed after the change: 206 "two"
# So keep files whose names do not change with their bytes away from clients that resume, or serve them by nginx.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check whitenoise==6.12.0
mkdir files
venv/bin/python - <<'PYTHON'
import os
from pathlib import Path

from whitenoise import WhiteNoise


def ask(**headers):
    seen = {}
    server = WhiteNoise(None, root="files")  # begun anew, as a deployment does
    environment = {"REQUEST_METHOD": "GET", "PATH_INFO": "/words.txt", **headers}
    body = server(environment, lambda status, fields, *_: seen.update(status=status[:3], **dict(fields)))
    return seen, b"".join(body).decode()


file = Path("files/words.txt")
file.write_text("one one one")
os.utime(file, (1_700_000_000, 1_700_000_000))
first, whole = ask()
file.write_text("two two two two")
resumed, rest = ask(HTTP_RANGE="bytes=8-10", HTTP_IF_RANGE=first["ETag"])
print(f'before: {first["status"]} "{whole}", resumed after the change: {resumed["status"]} "{rest}"')
assert first["ETag"] != resumed["ETag"]
assert (resumed["status"], rest) == ("206", "two"), "the behaviour has changed"
PYTHON
