"""Secrets that development makes for itself: one file each in ``VAR_DIR/secrets``, readable by its owner alone.

All processes that share VAR_DIR share them. Production makes none: there a person keeps the secrets.
"""

import contextlib
import secrets
from collections.abc import Iterable
from pathlib import Path

from chassis.settings_error import SettingsError

_BYTES = 32


def generate(folder: Path, names: Iterable[str]) -> None:
    """Make the files that are missing; raises SettingsError with what to do where they cannot be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in names:
            if not (folder / name).exists():
                _make(folder / name)
    except OSError as error:
        advice = f"set VAR_DIR to another folder, or {', '.join(names)} itself"
        raise SettingsError(f"{folder} cannot be written ({error.strerror}); {advice}.") from error


def _make(file: Path) -> None:
    """Written beside, then linked: of several processes that start at once, all read what the first has made."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_hex(_BYTES))
    try:
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(draft)
    finally:
        draft.unlink()
