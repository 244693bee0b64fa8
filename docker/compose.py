"""``make compose-up`` starts the whole platform on Docker and waits until it is healthy; ``compose-down`` removes it.

PROFILES (default ``core``) names the parts: core, observability, mail. With observability the services send their
business figures to its StatsD, unless STATSD_URL names another. EDGE_PORT moves the TLS edge from 8443.
PICTURES=files keeps pictures in a folder, which the edge sends, instead of a bucket.
ADMINS=local opens the staff's pages to this machine.
RUNBOOK_URL is where docs/runbooks is published, for alerts to lead there.
"""
# ruff: noqa: S603, S607, T201  it runs docker and openssl by name and tells what it did

import os
import re
import secrets
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from launcher.alerts import write_rules

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "var/compose"
TLS = FOLDER / "tls"
SECRETS = FOLDER / "secrets.env"
CLIENT = "_CLIENT_SECRET"
DIGESTS = "AUTH_CLIENT_DIGESTS"
SUBJECT = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:pictures.localhost,IP:127.0.0.1"]


def certificate(folder: Path = TLS) -> None:
    """A certificate for localhost, and pictures.localhost, that signs itself, made once."""
    if (folder / "edge.crt").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate = str(folder / "edge.key"), str(folder / "edge.crt")
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "365"]
    subprocess.run(["openssl", "req", "-x509", *kind, "-keyout", key, "-out", certificate, *SUBJECT], check=True)
    (folder / "edge.key").chmod(0o644)  # nginx runs as another user in its container


def make_secrets(file: Path = SECRETS) -> None:
    """A random value for each secret that compose.yaml asks for, made once: volumes remember what they began with."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    made = dict(line.split("=", 1) for line in file.read_text().splitlines())
    names = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker/compose.yaml").read_text()))
    new = {name: secrets.token_hex(32) for name in sorted(names - made.keys() - {DIGESTS})}
    if DIGESTS not in made:
        new[DIGESTS] = client_digests(made | new)
    with file.open("a") as added:
        added.writelines(f"{name}={value}\n" for name, value in new.items())


def client_digests(made: dict[str, str]) -> str:
    """What auth knows of the secrets that the services show it."""
    clients = {name.removesuffix(CLIENT).lower(): text for name, text in made.items() if name.endswith(CLIENT)}
    return ",".join(f"{name}={sha256(text.encode()).hexdigest()}" for name, text in sorted(clients.items()))


def files() -> list[str]:
    """The Compose files, by where pictures are kept."""
    over = {"bucket": [], "files": ["docker/compose.files.yaml"]}
    admins = ["docker/compose.admins.yaml"] if os.environ.get("ADMINS") == "local" else []
    kept = os.environ.get("PICTURES", "bucket")
    if kept not in over:
        sys.exit(f"PICTURES={kept} is unknown; use PICTURES=bucket or PICTURES=files.")
    return ["docker/compose.yaml", *over[kept], *admins]


def profiles() -> list[str]:
    """The parts asked for."""
    return os.environ.get("PROFILES", "core").split(",")


def compose(*words: str) -> int:
    chosen = [*(f"--file={path}" for path in files()), *(f"--profile={name}" for name in profiles())]
    make_secrets()
    write_rules(FOLDER / "rules")
    command = ["docker", "compose", f"--env-file={SECRETS}", *chosen, *words]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def up() -> int:
    certificate()
    port = os.environ.get("EDGE_PORT", "8443")
    os.environ.setdefault("PUBLIC_URL", f"https://localhost:{port}")
    if "observability" in profiles():
        os.environ.setdefault("STATSD_URL", "udp://graphite:8125")
        os.environ.setdefault("GATEWAY_PROMETHEUS_URL", "http://prometheus:9090")
    code = compose("up", "--detach", "--wait", "--wait-timeout", "300")
    if code == 0:
        print(f"The platform answers at {os.environ['PUBLIC_URL']}; its certificate is {TLS / 'edge.crt'}")
        print(f"  curl --cacert {(TLS / 'edge.crt').relative_to(ROOT)} {os.environ['PUBLIC_URL']}/api/v1/posts")
    return code


def down() -> int:
    return compose("down", "--volumes", "--remove-orphans")


if __name__ == "__main__":
    sys.exit({"up": up, "down": down}[sys.argv[1]]())
