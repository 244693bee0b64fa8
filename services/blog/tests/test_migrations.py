"""What `migrate --wait` says of a database, without Django, is what Django says."""

import os
import subprocess
import sys

from blog_service.django_apps import APPS
from chassis.django.migrations import pending
from chassis.django.testing import migrated_in_steps
from pytest_django import DjangoDbBlocker

WAIT = """
import sys
from blog_service.commands import COMMANDS
COMMANDS["migrate"](["--wait", "0"])
dear = sys.modules.keys() & {"django", "pydantic", "structlog", "opentelemetry"}
sys.exit(f"imported: {dear}" if dear else 0)
"""


def test_a_database_lacks_what_django_would_apply(django_db_blocker: DjangoDbBlocker) -> None:
    url, counts = os.environ["BLOG_DATABASE_URL"], list[int]()
    with django_db_blocker.unblock():
        for missing in migrated_in_steps(url):
            assert set(pending(url, APPS)) == missing
            counts.append(len(missing))
    assert counts[0] > counts[1] > counts[2] == counts[3] == 0
    wait = subprocess.run([sys.executable, "-c", WAIT], capture_output=True, text=True, check=False)
    assert (wait.returncode, wait.stderr.strip()) == (0, ""), "waiting for nothing imported what it can do without"
