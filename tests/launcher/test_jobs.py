"""Every job that a service has ends before a broker loses its patience and gives it out again."""

import json
import os
import subprocess
import sys

import pytest

from launcher.settings import SERVICES_WITH_DATABASE

CONSUMER_TIMEOUT = 30 * 60
"""Seconds after which RabbitMQ takes back what is not acknowledged, unless it is told another time."""
LIMITS = """
import importlib, json, sys
app = importlib.import_module(f"{sys.argv[1]}_service.celery").app
app.loader.import_default_modules()
print(json.dumps({name: task.time_limit for name, task in app.tasks.items()}))
"""


@pytest.mark.parametrize("service", SERVICES_WITH_DATABASE)
def test_every_job_has_a_time_limit_far_below_the_patience_of_the_broker(service: str) -> None:
    printed = subprocess.check_output([sys.executable, "-c", LIMITS, service], env=os.environ, text=True)
    limits = json.loads(printed.splitlines()[-1])
    assert any(not name.startswith("celery.") for name in limits)
    assert all(limit and 0 < limit <= CONSUMER_TIMEOUT / 2 for limit in limits.values()), limits
