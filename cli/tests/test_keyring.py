"""Where the machine has a keyring, the session is there, and in no file."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from broadsheet_cli.credentials import Credentials
from broadsheet_cli.main import app
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError
from typer.testing import CliRunner

from tests.support.small_platform import running

SERVER = "https://news.example"


class Memory(KeyringBackend):
    """A machine's keyring, for as long as the test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    monkeypatch.delenv("BROADSHEET_KEYRING", raising=False)
    monkeypatch.delenv("BROADSHEET_TOKEN", raising=False)
    monkeypatch.setenv("BROADSHEET_CONFIG_DIR", str(tmp_path))
    before, ring = keyring.get_keyring(), Memory()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def written(folder: Path) -> str:
    return "".join(file.read_text() for file in folder.iterdir())


def test_secret_is_in_the_keyring_and_in_no_file(ring: Memory, tmp_path: Path) -> None:
    kept = Credentials()
    kept.keep(SERVER, "secret-refresh")
    assert ring.kept == {("broadsheet-cli", SERVER): "secret-refresh"}
    assert (kept.secret(SERVER), kept.server) == ("secret-refresh", SERVER)
    assert "secret-refresh" not in written(tmp_path)
    kept.forget(SERVER)
    kept.forget(SERVER)  # nothing there is no error
    assert (ring.kept, kept.secret(SERVER)) == ({}, None)


def test_keyring_that_is_switched_off_is_not_asked(ring: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROADSHEET_KEYRING", "off")
    Credentials().keep(SERVER, "secret-refresh")
    assert (ring.kept, Credentials().secret(SERVER)) == ({}, "secret-refresh")


def test_program_logs_in_and_out_by_the_keyring_and_prints_no_token(ring: Memory, tmp_path: Path) -> None:
    with running() as platform:
        server = ("--server", platform.address)
        said = CliRunner().invoke(app, [*server, "login", "ada", "--password-stdin"], input="open sesame\n")
        assert said.exit_code == 0, said.output
        assert ring.kept == {("broadsheet-cli", platform.address): "secret-refresh-1"}
        ended = CliRunner().invoke(app, [*server, "logout"])
        assert ended.exit_code == 0, ended.output
        assert ring.kept == {}
    for printed in (said.output, ended.output, written(tmp_path)):
        assert "secret-" not in printed
        assert "open sesame" not in printed
