"""What blog says of its settings before it serves by them."""

import os
import subprocess
import sys
from pathlib import Path

PRODUCTION = {"ENVIRONMENT": "production", "PUBLIC_URL": "https://press.example"}
SECRETS = ("BLOG_SECRET_KEY", "BLOG_WEBHOOK_KEY", "BLOG_CLIENT_SECRET")


def checked(folder: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Django's checks of a deployment, each warning an error."""
    own = {"VAR_DIR": str(folder), "BLOG_DATABASE_URL": f"sqlite:///{folder}/blog.sqlite3"}
    command = [sys.executable, "-m", "chassis.run", "blog", "check"]
    return subprocess.run(
        command, env=os.environ | own | PRODUCTION | settings, capture_output=True, text=True, check=False
    )


def test_production_refuses_development_secrets_and_is_content_with_others(tmp_path: Path) -> None:
    ended = checked(tmp_path)
    assert (ended.returncode, "BLOG_SECRET_KEY" in ended.stderr) == (2, True)
    ended = checked(tmp_path, **{name: os.urandom(32).hex() for name in SECRETS})
    assert (ended.returncode, ended.stderr) == (0, "")
