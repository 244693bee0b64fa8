"""``make test-previous``: the last release's code passes its own story on the schema of today.

PREVIOUS names another version than the last tag. Its files are unpacked apart, and install what they need there.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from launcher import ROOT
from launcher.settings import SERVICES_WITH_DATABASE
from tests.support.platform import Platform
from tests.support.servers import fresh_databases, postgres


def main() -> int:
    """The story's exit code; 0 too while there is no release that could be tried."""
    version = os.environ.get("PREVIOUS") or _last_tag()
    if not version:
        print("There is no release yet; PREVIOUS=<commit> tries another version.")
        return 0
    with tempfile.TemporaryDirectory(prefix="broadsheet-previous-") as folder, postgres(), fresh_databases() as urls:
        code = Path(folder) / "code"
        _unpack(version, code)
        for service in SERVICES_WITH_DATABASE:  # with the code of today
            subprocess.run([sys.executable, "-m", "chassis.run", service, "migrate"], env=os.environ | urls, check=True)
        return _story_of(code, Path(folder) / "var", urls)


def _story_of(code: Path, folder: Path, databases: dict[str, str]) -> int:
    platform = Platform(folder, root=code)
    platform.settings |= databases
    platform.make("setup")
    with platform:
        environment = os.environ | {"BASE_URL": platform.base_url}
        command = [str(code / ".venv/bin/python"), "-m", "pytest", "tests/e2e/test_story.py"]
        return subprocess.run(command, cwd=code, env=environment, check=False).returncode


def _unpack(version: str, folder: Path) -> None:
    folder.mkdir()
    archive = subprocess.run(["git", "archive", version], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    subprocess.run(["tar", "--extract", f"--directory={folder}"], input=archive, check=True)


def _last_tag() -> str:
    command = ["git", "describe", "--tags", "--abbrev=0", "HEAD^"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
