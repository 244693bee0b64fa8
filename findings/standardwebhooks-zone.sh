#!/bin/bash
# standardwebhooks 1.1.0 (Python): sign() takes the wall clock of the time it is given for UTC, also where the time says which
# zone it is in. A message dated with an aware time of another zone carries a signature for another second than its
# webhook-timestamp says, and verify() of the same library refuses it: "No matching signature found". Guessed: an aware
# datetime is an instant, and the zone in which it is written makes no difference. Output seen (the same instant in both):
#   signed at +00:00: verified
#   signed at +02:00: No matching signature found
# So give it datetime.now(timezone.utc), never the time of a local zone.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check standardwebhooks==1.1.0
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import datetime, timedelta, timezone

from standardwebhooks import Webhook, WebhookVerificationError

webhook = Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
for hours, expected in ((0, "verified"), (2, "No matching signature found")):
    now = datetime.now(timezone(timedelta(hours=hours)))
    signature = webhook.sign("message", now, "{}")
    headers = {
        "webhook-id": "message",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    try:
        webhook.verify("{}", headers)
        seen = "verified"
    except WebhookVerificationError as error:
        seen = str(error)
    print(f"signed at +{hours:02}:00: {seen}")
    assert seen == expected, "the behaviour has changed"
PYTHON
