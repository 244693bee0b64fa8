"""When the platform is ready: every web process answers /readyz, every background process /livez."""

import time
import urllib.request
from collections import defaultdict

from launcher import LauncherError
from launcher.servers.ports import LOOPBACK
from launcher.settings import Settings, reached_at
from launcher.supervisor import Process, Supervisor

READY_SECONDS = 180
MOST_STARTS = 3  # a process that has died so often will not get there
WEB_PORTS = {
    "auth-web": "AUTH_PORT",
    "blog-web": "BLOG_PORT",
    "media-web": "MEDIA_PORT",
    "gateway": "GATEWAY_ADMIN_PORT",
}


def wait_ready(settings: Settings, supervisor: Supervisor) -> None:
    """Wait for all services; raises LauncherError with the end of the log of one that does not get there."""
    deadline = time.monotonic() + READY_SECONDS
    pids = defaultdict[str, set[int]](set)
    while waiting := [
        each for each in supervisor.processes() if each.group == "services" and not is_ready(settings, each)
    ]:
        for process in waiting:
            pids[process.name].add(process.pid)
            if len(pids[process.name] - {0}) > MOST_STARTS or time.monotonic() > deadline:
                raise LauncherError(_does_not_start(settings, process.name))
        time.sleep(0.1)


def is_ready(settings: Settings, process: Process) -> bool:
    """Whether a process does its work now."""
    if process.state != "RUNNING" or process.group != "services":
        return process.state == "RUNNING"
    if process.name in WEB_PORTS:
        port = WEB_PORTS[process.name]
        return _answers_well(f"http://{reached_at(settings.host_of(port))}:{settings.environment[port]}/readyz")
    host = reached_at(settings.environment.get("METRICS_HOST") or LOOPBACK)
    port = settings.environment[f"METRICS_PORT_{process.name.replace('-', '_')}".upper()]
    return _answers_well(f"http://{host}:{port}/livez")


def _answers_well(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _does_not_start(settings: Settings, name: str) -> str:
    log = settings.log_folder / f"{name}.log"
    end = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
    return "\n".join([f"{name} does not become ready; {log} ends with:", *end])
