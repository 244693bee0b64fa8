#!/bin/bash
# standardwebhooks 1.1.0 (Python) beside 1.1.1 (npm): a secret in the URL-safe alphabet of Base64, as secrets.token_urlsafe()
# makes it, is refused in JavaScript and taken in Python, where the letters "-" and "_" are left out without a word and the
# key is a shorter one. Guessed: both take it, or both refuse it. Sender and receiver in Python get along for as long as
# nobody else joins them. Output seen:
#   standard alphabet: Python signs v1,3MutGo5h…, JavaScript signs v1,3MutGo5h…
#   with - and _: Python signs v1,vep6vX9W… as without them, JavaScript: incorrect characters for decoding
# So make secrets with base64.b64encode(secrets.token_bytes(24)), and refuse others where they are entered.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check standardwebhooks==1.1.0
npm install --silent --no-audit --no-fund --prefix "$folder" standardwebhooks@1.1.1 >/dev/null
python_signs() {
    venv/bin/python -c '
import sys
from datetime import datetime, timezone
from standardwebhooks import Webhook
print(Webhook(sys.argv[1]).sign("message", datetime.fromtimestamp(1_700_000_000, timezone.utc), "{}"))' "$1"
}
javascript_signs() {
    node -e '
const { Webhook } = require("standardwebhooks");
try { console.log(new Webhook(process.argv[1]).sign("message", new Date(1_700_000_000_000), "{}")); }
catch (error) { console.log(error.message); }' "$1"
}
changed() { echo "the behaviour has changed" >&2; exit 1; }
standard=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
urlsafe=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaL-_w
python=$(python_signs $standard) javascript=$(javascript_signs $standard)
echo "standard alphabet: Python signs ${python:0:11}…, JavaScript signs ${javascript:0:11}…"
[ "$python" = "$javascript" ] || changed
python=$(python_signs $urlsafe) without=$(python_signs "${urlsafe/-_/}") javascript=$(javascript_signs $urlsafe)
echo "with - and _: Python signs ${python:0:11}… as without them, JavaScript: ${javascript#*: }"
[ "$python" = "$without" ] && [[ $javascript = *"incorrect characters"* ]] || changed
