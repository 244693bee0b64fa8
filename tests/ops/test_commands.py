"""A process is a row of a service's COMMANDS, and every mode runs it; see ADR 0007."""

import importlib
import re

import pytest

from charts import generate
from launcher.settings import SERVICES
from launcher.supervisor import CONFIGURATION

PROCESSES = frozenset({"web", "worker", "beat", "relay", "consumer"})
MESSENGER = frozenset({"relay", "consumer"})
"""What one process does on one machine, to save memory."""


@pytest.mark.parametrize("service", SERVICES)
def test_every_process_of_a_service_runs_in_every_mode(service: str) -> None:
    processes = PROCESSES & importlib.import_module(f"{service}_service.commands").COMMANDS.keys()
    charted = {each["command"] for each in generate.components().values() if each["service"] == service}
    supervised = set(re.findall(rf"^command = broadsheet {service} (\w+)$", CONFIGURATION.read_text(), re.MULTILINE))
    if "messenger" in supervised:
        supervised = supervised - {"messenger"} | (MESSENGER & processes)
    assert charted == processes, "the chart, and Compose which runs what the chart runs"
    assert supervised == processes, "docker/supervisord.conf"
