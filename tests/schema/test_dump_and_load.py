"""What Django dumps of a service, it loads into a fresh database, which then answers alike."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from launcher import ROOT

LEFT_OUT = {
    "auth": ["contenttypes", "auth.permission", "outbox", "mails"],
    "blog": ["contenttypes", "auth.permission", "search", "webhooks.delivery"],
}
"""What `migrate` makes, what has been or is to be told, and what `index` writes anew: half of it is in no model."""
WAITING = {
    "auth": [
        "mails.Mail",
        """
from auth_service.mails.services import Kind, mail_queue
from auth_service.users.models import User
from django.utils import timezone
mail_queue(User.objects.order_by("id")[0], Kind.NEW_DEVICE, now=timezone.now())
""",
    ],
    "blog": [
        "webhooks.Delivery",
        """
from blog_service.authors.models import Author
from blog_service.webhooks.models import Webhook
from blog_service.webhooks.services.telling import webhook_ping
from django.utils import timezone
webhook = Webhook.objects.create(owner=Author.objects.order_by("id")[0], url="https://hooks.example", secret=b"sealed")
webhook.subscriptions.create(type="blog.post.published.v1")
webhook_ping(webhook, now=timezone.now())
""",
    ],
}
"""What is not to be told by a copy, and what makes one of it."""
PATHS = {
    "auth": ["/api/v1/auth/profiles/ada", "/api/v1/auth/profiles/grace", "/api/v1/auth/profiles/nobody"],
    "blog": ["/api/v1/posts", "/api/v1/posts?q=press", "/api/v1/tags", "/api/v2/posts", "/rss.xml", "/sitemap.xml"],
}
ASK = """
import json
from django.apps import apps
from django.test import Client
counts = {model._meta.label: model._base_manager.count() for model in apps.get_models() if model._meta.managed}
answers = [Client().get(path, HTTP_HOST="127.0.0.1") for path in PATHS]
log_in = {"login": "ada", "password": "broadsheet-demo"}
if "/auth/" in PATHS[0]:
    answer = Client().post("/api/v1/auth/jwt/create", log_in, "application/json", HTTP_HOST="127.0.0.1")
    assert answer.status_code == 200, answer.content
print("SAID", json.dumps([counts, [[answer.status_code, answer.content.decode()] for answer in answers]]))
"""


class Copy:
    """A database of a service, and its programs on it; the secrets are those of the folder."""

    def __init__(self, service: str, name: str, folder: Path) -> None:
        self.service = service
        url = f"sqlite:///{folder / name}.sqlite3"
        self._environment = os.environ | {"VAR_DIR": str(folder), f"{service.upper()}_DATABASE_URL": url}

    def run(self, *words: str) -> str:
        program = Path(sys.executable).with_name("broadsheet")
        done = subprocess.run(
            [program, self.service, *words],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def says(self) -> Any:
        """How many rows each model has, and what is answered."""
        script = ASK.replace("PATHS", repr(PATHS[self.service]))
        (said,) = [line for line in self.run("manage", "shell", "-c", script).splitlines() if line.startswith("SAID ")]
        return json.loads(said.removeprefix("SAID "))


@pytest.mark.parametrize("service", PATHS)
def test_dump_is_loaded_into_a_fresh_database_that_answers_alike(service: str, tmp_path: Path) -> None:
    old, fresh = Copy(service, "old", tmp_path), Copy(service, "fresh", tmp_path)
    dump = str(tmp_path / "dump.json")
    for copy in (old, fresh):
        copy.run("migrate")
    old.run("demo")
    unheard, makes_one = WAITING[service]
    old.run("manage", "shell", "-c", makes_one)
    left_out = [f"--exclude={label}" for label in LEFT_OUT[service]]
    old.run("manage", "dumpdata", "--natural-foreign", *left_out, f"--output={dump}")
    fresh.run("manage", "loaddata", dump)
    if service == "blog":
        fresh.run("index")
    (counts, answers), (counts_of_fresh, answers_of_fresh) = old.says(), fresh.says()
    assert counts[unheard] > 0
    assert counts_of_fresh == counts | {unheard: 0}
    assert sum(counts.values()) > 10
    assert answers_of_fresh == answers
    assert answers[0][0] == 200
