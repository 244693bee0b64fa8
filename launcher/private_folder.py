"""VAR_DIR is its owner's alone: it holds accounts, pictures, logs and secrets."""

import os

from launcher.settings import Settings

OTHERS = 0o077
EARLIER_SECRETS = {  # what data was made with before development made secrets of its own
    "AUTH_SECRET_KEY": "development-auth-secret-key-of-no-worth",
    "AUTH_KEY_ENCRYPTION_KEY": "development-auth-key-encryption-key",
    "BLOG_SECRET_KEY": "development-blog-secret-key-of-no-worth",
}


def close_to_others(settings: Settings) -> None:
    """Let nobody else read the folder or what is made in it from now on, and keep what is there readable to us."""
    os.umask(OTHERS)
    settings.var.chmod(0o700)
    if (settings.run_folder / "prepared").exists():
        _keep_earlier_secrets(settings)


def _keep_earlier_secrets(settings: Settings) -> None:
    """Signing keys in the database are encrypted under one of them: with another, nobody could log in."""
    folder = settings.var / "secrets"
    if folder.exists():
        return
    folder.mkdir()
    for name, value in EARLIER_SECRETS.items():
        (folder / name).write_text(value)
