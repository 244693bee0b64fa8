"""The settings of this machine: `.env`, the environment, and what follows from them for every process."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher import ROOT, LauncherError
from launcher.servers.ports import LOOPBACK

MODES = ("embedded", "servers")
VENV = ROOT / ".venv"
SERVICES = ("auth", "blog", "media", "gateway")
SERVICES_WITH_DATABASE = ("auth", "blog", "media")
WITH_ADMIN = ("auth", "blog")
LISTENERS = ("gateway",)  # hear events and have no queue for them, nor jobs
PORTS = {"GATEWAY_PORT": 8000, "GATEWAY_ADMIN_PORT": 8001, "AUTH_PORT": 8010, "BLOG_PORT": 8020, "MEDIA_PORT": 8030}
HOSTS = {name: name.replace("_PORT", "_HOST") for name in PORTS}
BROKER_URLS = ("EVENTS_URL", "JOBS_URL")  # each service has its own, EVENTS_URL_AUTH: an account and what it may do
BACKGROUND = ("messenger", "worker")  # their metrics are on the service's port + 1 and + 2
GIVE_MEMORY_BACK = {  # glibc else keeps an arena for every thread, and what a password hash or a picture once took
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_TRIM_THRESHOLD_": "131072",
    "MALLOC_MMAP_THRESHOLD_": "131072",
}
SCHEDULE = "beat"  # in servers mode a process of its own, on the service's port + 3
OWN_SETTINGS = ("MODE", "VAR_DIR", "SECRETS_DIR", "OBSERVE", "RUNBOOK_URL")


@dataclass(frozen=True)
class Settings:
    """How the platform runs here, where it keeps its data, and the environment of its processes."""

    mode: str
    var: Path
    given: frozenset[str]  # the names a person has set, in .env or in the environment
    environment: dict[str, str]

    @property
    def ports(self) -> dict[str, int]:
        """Every port a process listens on, by the setting that moves it."""
        ports = {name: int(self.environment[name]) for name in PORTS}
        for service in SERVICES_WITH_DATABASE:
            for offset, _ in enumerate(self.background, start=1):
                ports[f"{service.upper()}_PORT + {offset}"] = ports[f"{service.upper()}_PORT"] + offset
        return ports

    @property
    def background(self) -> tuple[str, ...]:
        """The processes of a service with metrics on ports of their own, in the order of these."""
        return BACKGROUND if self.mode == "embedded" else (*BACKGROUND, SCHEDULE)

    @property
    def observed(self) -> bool:
        """Whether Prometheus, StatsD and Graphite run beside the platform."""
        return self.environment.get("OBSERVE", "") not in {"", "0"}

    def host_of(self, port: str) -> str:
        """The address that goes with a name of `ports`."""
        return self.environment.get(HOSTS.get(port, "METRICS_HOST")) or LOOPBACK

    def environment_of(self, service: str) -> dict[str, str]:
        """The environment of one service's processes, as docker/supervisord.conf makes it."""
        own = {f"{name}_{service}".upper(): name for name in BROKER_URLS}
        return self.environment | {name: self.environment[key] for key, name in own.items() if key in self.environment}

    @property
    def run_folder(self) -> Path:
        """Where the pid file, the stamps and the heartbeats of the running platform are."""
        return self.var / "run"

    @property
    def log_folder(self) -> Path:
        """Where each process has its log."""
        return self.var / "log"


def read_settings() -> Settings:
    """Read `.env` and the environment, which wins; raises LauncherError."""
    given = read_dotenv() | {name: value for name, value in os.environ.items() if value}
    mode = given.get("MODE", MODES[0])
    if mode not in MODES:
        raise LauncherError(f"MODE={mode} is unknown; use MODE={' or MODE='.join(MODES)}.")
    ports = {name: given.get(name, str(default)) for name, default in PORTS.items()}
    for name, value in ports.items():
        if not value.isdigit() or not 0 < int(value) < 65536:
            raise LauncherError(f"{name}={value} is not a port; use a number from 1 to 65535.")
    var = (ROOT / given.get("VAR_DIR", "var")).resolve()
    inherited = {name: value for name, value in given.items() if not name.startswith("MAKE")}
    hosts = {name: given.get(host, LOOPBACK) for name, host in HOSTS.items()}
    static = {f"{name.upper()}_STATIC_DIR": str(var / "static" / name) for name in WITH_ADMIN if mode == "servers"}
    environment = embedded_defaults(var, ports, hosts) | static | ports | inherited | _always(var, given)
    return Settings(mode, var, frozenset(given), environment | broker_urls(environment))


def broker_urls(environment: Mapping[str, str]) -> dict[str, str]:
    """Where each service finds events and jobs, unless a private broker has accounts for them."""
    own = {f"{name}_{service}".upper(): environment[name] for name in BROKER_URLS for service in SERVICES_WITH_DATABASE}
    return own | {f"EVENTS_URL_{service}".upper(): environment["EVENTS_URL"] for service in LISTENERS}


def reached_at(host: str) -> str:
    """Where what listens on a host is reached from this machine, as a URL has it."""
    bare = host.strip("[]")
    if bare in {"0.0.0.0", "::"}:  # noqa: S104  both take IPv4
        return LOOPBACK
    return f"[{bare}]" if ":" in bare else bare


def read_dotenv(file: Path = ROOT / ".env") -> dict[str, str]:
    """Read NAME=value lines, quotes and `export` allowed; raises LauncherError with the line that is neither."""
    return dict(_dotenv_lines(file)) if file.exists() else {}


def embedded_defaults(var: Path, ports: Mapping[str, str], hosts: Mapping[str, str]) -> dict[str, str]:
    """What makes all processes one platform without a server: each may be set to something else."""
    bases = {name: f"http://{reached_at(hosts[name])}:{port}" for name, port in ports.items()}
    urls = {f"{name}_URL": bases[f"{name}_PORT"] for name in ("AUTH", "BLOG", "MEDIA")}
    databases = {f"{name.upper()}_DATABASE_URL": f"sqlite:///{var}/{name}.sqlite3" for name in SERVICES_WITH_DATABASE}
    return {
        "PUBLIC_URL": bases["GATEWAY_PORT"],
        "EVENTS_URL": f"sqlite:///{var}/bus.sqlite3",
        "JOBS_URL": f"sqlite:///{var}/jobs.sqlite3",
        "MEDIA_STORAGE_URL": f"file://{var}/media",
        **GIVE_MEMORY_BACK,
        **urls,
        **databases,
    }


def _always(var: Path, given: Mapping[str, str]) -> dict[str, str]:
    metrics_ports = {
        f"METRICS_PORT_{service}_{process}".upper(): str(int(given.get(base, PORTS[base])) + offset)
        for service in SERVICES_WITH_DATABASE
        for base in [f"{service.upper()}_PORT"]
        for offset, process in enumerate((*BACKGROUND, SCHEDULE), start=1)
    }
    return {
        **metrics_ports,
        "VAR_DIR": str(var),
        "PATH": f"{VENV / 'bin'}{os.pathsep}{given.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
    }


def _dotenv_lines(file: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise LauncherError(f"{file.name} line {number} is not NAME=value: {line}")
        yield name.strip(), value.strip().strip("\"'")
