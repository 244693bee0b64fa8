"""Make sure the servers can be had here: their programs, installed by root on Debian where missing, or Docker."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from launcher.servers.binaries import BinaryMissingError, find_binary
from launcher.servers.containers import PostgresContainer, RabbitMQContainer, RedisContainer, docker_works
from launcher.servers.postgres import Postgres
from launcher.servers.rabbitmq import RabbitMQ
from launcher.servers.redis import Redis
from launcher.servers.server import Server

CONTAINER: dict[type[Server], type[Server]] = {
    Postgres: PostgresContainer,
    RabbitMQ: RabbitMQContainer,
    Redis: RedisContainer,
}
PROGRAM: dict[type[Server], str] = {Postgres: "postgres", RabbitMQ: "rabbitmq-server", Redis: "redis-server"}
DEBIAN_PACKAGE: dict[type[Server], str] = {Postgres: "postgresql", RabbitMQ: "rabbitmq-server", Redis: "redis-server"}
LOCK_SECONDS = 300  # to wait for others who install packages: a machine that just started often updates itself
POLICY = Path("/usr/sbin/policy-rc.d")


def missing(kinds: Iterable[type[Server]]) -> list[type[Server]]:
    """Return the kinds of servers this machine has no program for."""
    return [kind for kind in kinds if find_binary(PROGRAM[kind]) is None]


def can_install() -> bool:
    """Whether we may install Debian packages here."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def provide(kinds: Iterable[type[Server]]) -> None:
    """Install what is missing where we may; raises BinaryMissingError with what a person can do instead."""
    wanted = missing(kinds)
    if not wanted:
        return
    packages = [DEBIAN_PACKAGE[kind] for kind in wanted]
    if can_install():
        print(f"Installing {', '.join(packages)} with apt-get …", flush=True)
        _install(packages)
    if (still := missing(wanted)) and not docker_works():
        raise BinaryMissingError(advice(still))


def as_available(kind: type[Server]) -> type[Server]:
    """Return the kind itself where the machine has its program, else its container where Docker works."""
    return CONTAINER[kind] if missing([kind]) and docker_works() else kind


def advice(kinds: list[type[Server]]) -> str:
    """One sentence for the person whose machine lacks the servers."""
    programs = ", ".join(PROGRAM[kind] for kind in kinds)
    packages = " ".join(DEBIAN_PACKAGE[kind] for kind in kinds)
    return (
        f"This machine has no {programs}; install them (Debian: apt-get install {packages}), "
        "or Docker, or set the *_URL settings of servers you have, or use MODE=embedded."
    )


def provide_programs(package_of: Mapping[str, str]) -> None:
    """Install programs that tests run beside the servers, by their Debian packages; does nothing where we may not."""
    wanted = [package for program, package in package_of.items() if find_binary(program) is None]
    if wanted and can_install():
        print(f"Installing {', '.join(wanted)} with apt-get …", flush=True)
        _install(wanted)


def _install(packages: list[str]) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    wait = f"--option=DPkg::Lock::Timeout={LOCK_SECONDS}"
    install = ["apt-get", "install", wait, "--yes", "--quiet", "--no-install-recommends", *packages]
    with _no_service_starts():
        subprocess.run(["apt-get", "update", "--quiet"], env=environment, check=False, stdout=subprocess.DEVNULL)
        subprocess.run(install, env=environment, check=False, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def _no_service_starts() -> Iterator[None]:
    """Keep Debian from starting the servers it installs: ours are private, on other ports."""
    had_epmd = _epmd_runs()
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            POLICY.unlink()
        if not had_epmd and _epmd_runs():  # RabbitMQ's installation leaves one behind
            subprocess.run(["epmd", "-kill"], check=False, capture_output=True)


def _epmd_runs() -> bool:
    return (
        shutil.which("epmd") is not None
        and not subprocess.run(["epmd", "-names"], check=False, capture_output=True).returncode
    )
