"""Migrations, queues and demo content, made again only when the code or a database has changed."""

import hashlib
import json
import subprocess
from collections.abc import Container, Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from launcher import ROOT, LauncherError
from launcher.settings import SERVICES_WITH_DATABASE, WITH_ADMIN, Settings

GATHER = ("collectstatic", "--no-input", "--verbosity=0", "--ignore", "rest_framework")  # which no page shows
SOURCES = ("chassis/src", "services", "requirements")
DIFFERS = 1
"""What `events topology apply` ends with where a queue has more than is declared: consumers log it, and go on."""


def prepare(settings: Settings) -> None:
    """Migrate all databases side by side, make all queues, then load the demo content.

    A service that starts sooner than another would tell it things before it has a queue: a broker knows only whether
    somebody has one. Raises LauncherError with what failed.
    """
    stamp = settings.run_folder / "prepared"
    if stamp.exists() and stamp.read_text() == _state(settings) and not _uses_foreign_servers(settings):
        return
    print("Migrating the databases …", flush=True)
    _run_everywhere(["migrate"], settings, SERVICES_WITH_DATABASE)
    print("Making the queues …", flush=True)
    topology = ["events", "topology", "apply"]  # which has words for people, and no lines of a log
    _run_everywhere(topology, settings, SERVICES_WITH_DATABASE, fine=(0, DIFFERS), told_in=settings.run_folder)
    print("Loading the demo content …", flush=True)
    _run_everywhere(["demo"], settings, SERVICES_WITH_DATABASE)
    if settings.mode == "servers":
        print("Gathering the files of the admins …", flush=True)
        _run_everywhere(["manage", *GATHER], settings, WITH_ADMIN)
    stamp.write_text(_state(settings))


def code_fingerprint() -> str:
    """Return a digest of everything the processes are made from."""
    digest = hashlib.sha256()
    for file in sorted(_source_files()):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _source_files() -> Iterable[Path]:
    for folder in SOURCES:
        for file in (ROOT / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts and "tests" not in file.parts:
                yield file


def _uses_foreign_servers(settings: Settings) -> bool:
    """Whether a database is on a server that others may empty without our noticing."""
    names = {f"{service.upper()}_DATABASE_URL" for service in SERVICES_WITH_DATABASE} & settings.given
    return any(not settings.environment[name].startswith("sqlite:") for name in names)


def _state(settings: Settings) -> str:
    """The code, and which databases it has been applied to: a deleted one is another one."""
    databases = [_identity(settings.environment[f"{name.upper()}_DATABASE_URL"]) for name in SERVICES_WITH_DATABASE]
    return json.dumps([code_fingerprint(), *databases])


def _identity(database_url: str) -> str:
    url = urlsplit(database_url)
    if url.scheme != "sqlite":
        return f"{url.hostname}:{url.port}{url.path}"
    file = Path(url.path.removeprefix("/"))
    return f"{file}:{file.stat().st_ino if file.exists() else 'absent'}"


def _run_everywhere(
    words: Sequence[str],
    settings: Settings,
    services: Iterable[str],
    *,
    fine: Container[int] = (0,),
    told_in: Path | None = None,
) -> None:
    step = words[0]
    logs = {service: (told_in or settings.log_folder) / f"{service}-{step}.log" for service in services}
    running = {service: _start([service, *words], settings, log) for service, log in logs.items()}
    try:
        failed = [service for service, process in running.items() if process.wait() not in fine]
    finally:
        for process in running.values():
            process.kill()  # when interrupted; does nothing to one that has ended
            process.wait()
    for service in failed:
        end = "\n".join(logs[service].read_text(errors="replace").splitlines()[-15:])
        raise LauncherError(f"`broadsheet {service} {step}` failed; {logs[service]} ends with:\n{end}")


def _start(arguments: list[str], settings: Settings, log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return subprocess.Popen(
            ["broadsheet", *arguments],
            cwd=ROOT,
            env=settings.environment_of(arguments[0]),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
