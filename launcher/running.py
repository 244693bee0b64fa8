"""The platform of this folder brought up. Needs .venv."""

import contextlib
import fcntl
import hashlib
import json
from collections.abc import Iterator

from launcher import LauncherError
from launcher.catalogue import all_settings
from launcher.observers import observers, seen_by
from launcher.preparation import code_fingerprint, prepare
from launcher.private_servers import create_accounts, create_databases, pointed_to, private_servers
from launcher.readiness import wait_ready
from launcher.servers import Postgres, RabbitMQ, Server
from launcher.settings import PORTS, Settings
from launcher.stopping import bring_down
from launcher.supervisor import Supervisor


def bring_up(settings: Settings) -> None:
    """Start what does not run yet, and all of it anew when code or settings have changed.

    Leaves nothing half-started: whatever interrupts it, all processes are stopped again.
    """
    with _alone(settings):
        _bring_up(settings)


def _bring_up(settings: Settings) -> None:
    supervisor = Supervisor(settings)
    started = settings.run_folder / "started"
    wanted = _fingerprint(settings)
    if supervisor.is_running() and started.exists() and started.read_text() == wanted:
        _start_services(settings, supervisor)
        return
    bring_down(settings)
    try:
        _start(settings)
    except BaseException:
        bring_down(settings)
        raise
    started.write_text(wanted)


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    with (settings.run_folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LauncherError("Another `make up` of this folder is under way; wait until it has ended.") from error
        yield


def _start(settings: Settings) -> None:
    servers = private_servers(settings)
    _leave_taken_ports(servers)
    watching = observers(settings, servers)
    _leave_taken_ports(watching)
    settings = seen_by(pointed_to(settings, servers), watching)
    for heartbeat in settings.run_folder.glob("*.heartbeat"):
        heartbeat.unlink()
    supervisor = Supervisor(settings)
    supervisor.start()
    for group, started in (("servers", servers), ("observers", watching)):
        if started:
            print(f"Starting {', '.join(server.name for server in started)} …", flush=True)
            _start_servers(settings, supervisor, group, started)
    prepare(settings)
    print("Starting the services …", flush=True)
    _start_services(settings, supervisor)


def _leave_taken_ports(servers: list[Server]) -> None:
    for server in servers:
        server.leave_taken_ports()


def _start_services(settings: Settings, supervisor: Supervisor) -> None:
    supervisor.start_group("services")
    if settings.environment["JOBS_URL"].startswith("amqp"):
        supervisor.start_group("schedules")
    wait_ready(settings, supervisor)


def _start_servers(settings: Settings, supervisor: Supervisor, group: str, servers: list[Server]) -> None:
    for server in servers:
        server.log_file = settings.log_folder / f"{server.name}.log"
        server.prepare()
        for program in server.programs():
            supervisor.start_program(group, program.name)
    for server in servers:
        server.wait_ready()
        if isinstance(server, Postgres):
            create_databases(settings, server)
        if isinstance(server, RabbitMQ):
            create_accounts(server)


def _fingerprint(settings: Settings) -> str:
    """What processes are started from: mode, code and settings, without the shell's other variables."""
    names = sorted({*all_settings(), *PORTS, "OBSERVE", "RUNBOOK_URL"} & settings.environment.keys())
    values = [settings.environment[name] for name in names]
    return hashlib.sha256(json.dumps([settings.mode, code_fingerprint(), names, values]).encode()).hexdigest()
