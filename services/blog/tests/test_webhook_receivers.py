"""How a receiver knows that a message is ours, as the how-to says it in two languages."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from blog_service.webhooks.secrets import secret_make, signed_headers
from django.utils import timezone
from standardwebhooks import Webhook

from tests.support.programs import program

PAGE = (Path(__file__).parents[3] / "docs/how-to/receive-webhooks.md").read_text()
BODY = '{"title":"Grüße"}'.encode()
TAKES = {
    "python": """
import json, sys
secret, headers, body = json.load(sys.stdin)
verify(secret, headers, body.encode())
""",
    "javascript": """
const [secret, headers, body] = JSON.parse(require("node:fs").readFileSync(0));
verify(secret, headers, Buffer.from(body));
""",
}
Says = Callable[[str, dict[str, str], bytes], str]


@pytest.fixture(params=TAKES)
def says(request: pytest.FixtureRequest) -> Says:
    """What the receiver of the how-to says of a message; nothing where it is ours."""
    (code,) = re.findall(rf"```{request.param}\n(.*?)```", PAGE, re.DOTALL)
    run = [sys.executable, "-c"] if request.param == "python" else [program("node", "nodejs"), "-e"]

    def verify(secret: str, headers: dict[str, str], body: bytes) -> str:
        sent = json.dumps([secret, headers, body.decode()])
        command = [*run, code + TAKES[request.param]]
        answer = subprocess.run(command, input=sent, capture_output=True, text=True, check=False)
        assert bool(answer.returncode) == bool(answer.stderr)
        return answer.stderr

    return verify


def test_a_message_of_now_is_taken_by_each_of_its_secrets(says: Says) -> None:
    former, present = secret_make(), secret_make()
    headers = signed_headers("message", BODY, secrets=[present, former], now=timezone.now())
    assert (says(former, headers, BODY), says(present, headers, BODY)) == ("", "")
    assert Webhook(former).verify(BODY, headers) == json.loads(BODY), "as the library of the scheme"


def test_what_is_not_ours_not_whole_or_not_of_now_is_not(says: Says) -> None:
    secret = secret_make()
    headers = signed_headers("message", BODY, secrets=[secret], now=timezone.now())
    old = signed_headers("message", BODY, secrets=[secret], now=timezone.now() - timedelta(minutes=6))
    assert "not ours" in says(secret_make(), headers, BODY)
    assert "not ours" in says(secret, headers, BODY + b" ")
    assert "not ours" in says(secret, headers | {"webhook-id": "other"}, BODY)
    assert "not of now" in says(secret, old, BODY)
