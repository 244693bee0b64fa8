"""Who is logged in where: the secret in the machine's keyring, or where it has none in a file of one's own."""

import contextlib
import json
import os
from pathlib import Path

import keyring
import platformdirs
from keyring.backends import fail, null
from keyring.errors import KeyringError, PasswordDeleteError

SERVICE = "broadsheet-cli"


class Credentials:
    """``folder`` holds which server was used last, and the secrets where there is no keyring; all of it 0600."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(
            os.environ.get("BROADSHEET_CONFIG_DIR") or platformdirs.user_config_dir("broadsheet")
        )

    @property
    def server(self) -> str | None:
        return self._read("settings").get("server")

    def secret(self, server: str) -> str | None:
        """The refresh token for this server."""
        if _has_keyring():
            return keyring.get_password(SERVICE, server)
        return self._read("credentials").get(server)

    def keep(self, server: str, secret: str) -> None:
        self._write("settings", {"server": server})
        if _has_keyring():
            keyring.set_password(SERVICE, server, secret)
        else:
            self._write("credentials", self._read("credentials") | {server: secret})

    def forget(self, server: str) -> None:
        if _has_keyring():
            with contextlib.suppress(PasswordDeleteError):  # there was none
                keyring.delete_password(SERVICE, server)
        else:
            self._write("credentials", {key: kept for key, kept in self._read("credentials").items() if key != server})

    def _read(self, name: str) -> dict[str, str]:
        try:
            read: dict[str, str] = json.loads((self._folder / f"{name}.json").read_text())
        except FileNotFoundError:
            return {}
        return read

    def _write(self, name: str, content: dict[str, str]) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self._folder / f"{name}.json.new"
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file)
        new.replace(self._folder / f"{name}.json")


def _has_keyring() -> bool:
    """Whether this machine keeps secrets; BROADSHEET_KEYRING=off says that it shall not be asked."""
    if os.environ.get("BROADSHEET_KEYRING") == "off":
        return False
    try:
        return not isinstance(keyring.get_keyring(), fail.Keyring | null.Keyring)
    except KeyringError:
        return False
