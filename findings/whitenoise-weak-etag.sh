#!/bin/bash
# WhiteNoise 6.12.0: If-None-Match is compared as one string. A weak tag, a list and * never match, though RFC 9110 (13.1.2)
# asks for the weak comparison and allows all three. nginx makes a tag weak when it compresses an answer and passes the
# client's W/"…" on, so behind it nothing is ever 304 by tag: a file without a hash in its name travels whole at every visit.
# A browser is saved by If-Modified-Since; a client that sends the tag alone is not. Output seen:
#   "tag": 304
#   W/"tag": 200
#   "other", "tag": 200
#   *: 200
# So let the proxy in front not compress what WhiteNoise serves (it can itself), or serve such files from the proxy.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check whitenoise==6.12.0
mkdir files
echo words >files/words.txt
venv/bin/python - <<'PYTHON'
from whitenoise import WhiteNoise

server = WhiteNoise(None, root="files")


def ask(**headers):
    seen = {}
    environment = {"REQUEST_METHOD": "GET", "PATH_INFO": "/words.txt", **headers}
    b"".join(server(environment, lambda status, fields, *_: seen.update(status=status[:3], **dict(fields))))
    return seen


tag = ask()["ETag"]
for sent, expected in ((tag, "304"), (f"W/{tag}", "200"), (f'"other", {tag}', "200"), ("*", "200")):
    status = ask(HTTP_IF_NONE_MATCH=sent)["status"]
    print(f"{sent.replace(tag, chr(34) + 'tag' + chr(34))}: {status}")
    assert status == expected, "the behaviour has changed"
PYTHON
