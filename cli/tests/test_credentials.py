"""Secrets are kept for oneself alone."""

from pathlib import Path

import pytest
from broadsheet_cli.credentials import Credentials

SERVER = "https://news.example"


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROADSHEET_KEYRING", "off")


def test_a_secret_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    kept = Credentials(tmp_path / "new")
    kept.keep(SERVER, "secret")
    assert (kept.secret(SERVER), kept.server) == ("secret", SERVER)
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "new").iterdir()} == {0o600}
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_secret_that_is_forgotten_is_gone(tmp_path: Path) -> None:
    kept = Credentials(tmp_path)
    kept.keep(SERVER, "secret")
    kept.keep("https://else.example", "other")
    kept.forget(SERVER)
    assert kept.secret(SERVER) is None
    assert "secret" not in (tmp_path / "credentials.json").read_text()
    assert kept.secret("https://else.example") == "other"
