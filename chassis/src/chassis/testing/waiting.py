"""What ``migrate --wait`` costs where nothing is missing: every pod runs it when it starts."""

import subprocess
import sys

_SCRIPT = """
import sys
from {service}_service.commands import COMMANDS
COMMANDS["migrate"](["--wait", "0"])
dear = sys.modules.keys() & {{"django", "sqlalchemy", "pydantic", "structlog", "opentelemetry"}}
sys.exit(f"imported: {{dear}}" if dear else 0)
"""


def wait_for_nothing(service: str) -> tuple[int, str]:
    """Exit code and standard error of waiting in a process of its own: ``(0, "")``, or what it need not import."""
    words = [sys.executable, "-c", _SCRIPT.format(service=service)]
    wait = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603  our own Python
    return wait.returncode, wait.stderr
