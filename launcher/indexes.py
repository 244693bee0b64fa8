"""Where packages come from: uv is told what a person has told pip, and both trust what the machine trusts."""

import ast
import os
import subprocess
import sys
from pathlib import Path

UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}


CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


def pip_environment() -> dict[str, str]:
    """Return the environment for pip: an older one knows only its own certificates unless it is told."""
    bundle = next((file for file in CERTIFICATES if Path(file).exists()), None)
    if bundle is None or "cert" in pip_configuration():
        return dict(os.environ)
    return {"PIP_CERT": bundle} | os.environ


def uv_environment() -> dict[str, str]:
    """Return the environment for uv: the caller's own, then pip's configuration, and the system's certificates."""
    translated = {UV_NAMES[name]: value for name, value in pip_configuration().items() if name in UV_NAMES}
    return {"UV_SYSTEM_CERTS": "1"} | translated | os.environ


def pip_configuration() -> dict[str, str]:
    """Return pip's settings for an installation; empty where this Python has no pip."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    entries = [line.partition("=") for line in listing.splitlines() if "=" in line]
    found: dict[str, str] = {}
    for section in ("global.", "install.", ":env:."):  # the later wins, as in pip
        for key, _, value in entries:
            if key.startswith(section):
                found[key.removeprefix(section)] = " ".join(str(ast.literal_eval(value)).split())
    return found
