"""Real servers in containers, for a machine that has Docker but not their programs."""

import hashlib
import shutil
import signal
import subprocess
from collections.abc import Mapping
from typing import ClassVar

from launcher.servers.postgres import Postgres
from launcher.servers.programs import Program
from launcher.servers.rabbitmq import RabbitMQ
from launcher.servers.redis import Redis
from launcher.servers.server import Server


def docker_works() -> bool:
    """Whether there is a Docker Engine we may use."""
    return shutil.which("docker") is not None and _docker("info").returncode == 0


START_REDIS = """exec docker-entrypoint.sh redis-server - <<SETTINGS
requirepass $REDIS_PASSWORD
SETTINGS
"""  # Redis takes no variable; what it reads from standard input is on no command line


class Container(Server):
    """A server that is `docker run` in the foreground; its data is a volume of the container's name."""

    image: ClassVar[str]
    data_folder: ClassVar[str]

    @property
    def container(self) -> str:
        """The container's name: another folder has another."""
        return f"broadsheet-{self.name}-{hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]}"

    def run(self, ports: Mapping[int, int], variables: dict[str, str], *command: str) -> list[str]:
        """Return the command; `ports` are ours to the container's. A container that a crash left is removed first."""
        docker = ["docker", "run", "--rm", f"--name={self.container}", "--hostname=broadsheet"]
        docker += [f"--volume={self.container}:{self.data_folder}"]
        docker += [f"--publish={self.host}:{ours}:{theirs}" for ours, theirs in ports.items()]
        docker += [f"--env={name}" for name in variables]  # the values stay off the command line
        return ["sh", "-c", 'docker rm --force "$0" >&2; exec "$@"', self.container, *docker, self.image, *command]

    def prepare(self) -> None:
        """The image prepares itself."""

    def kill(self) -> None:
        super().kill()
        _docker("rm", "--force", self.container)

    def remove(self) -> None:
        _docker("rm", "--force", self.container)
        _docker("volume", "rm", "--force", self.container)
        super().remove()


class PostgresContainer(Container, Postgres):
    """PostgreSQL in a container."""

    image: ClassVar[str] = "postgres:15"
    data_folder: ClassVar[str] = "/var/lib/postgresql/data"

    def programs(self) -> list[Program]:
        variables = {"POSTGRES_USER": "broadsheet", "POSTGRES_PASSWORD": self.password, "POSTGRES_DB": "postgres"}
        return [Program(self.name, self.run({self.port: 5432}, variables), variables, stop_signal=signal.SIGINT)]

    def client(self, program: str) -> list[str]:
        return ["docker", "exec", "--env=PGPASSWORD", self.container, program, f"--host={self.host}"]


class RabbitMQContainer(Container, RabbitMQ):
    """RabbitMQ in a container."""

    image: ClassVar[str] = "rabbitmq:3.10-management"
    data_folder: ClassVar[str] = "/var/lib/rabbitmq"

    @property
    def listening_port(self) -> int:
        return 5672

    def programs(self) -> list[Program]:
        variables = {"RABBITMQ_DEFAULT_USER": "broadsheet", "RABBITMQ_DEFAULT_PASS": self.password}
        ours = self.ports
        ports = {self.port: 5672, ours["management"]: 15672, ours["prometheus"]: 15692}
        return [Program(self.name, self.run(ports, variables), variables)]

    def ctl(self, *arguments: str) -> str:
        return _docker("exec", self.container, "rabbitmqctl", "--quiet", *arguments, check=True).stdout


class RedisContainer(Container, Redis):
    """Redis in a container."""

    image: ClassVar[str] = "redis:7"
    data_folder: ClassVar[str] = "/data"

    def programs(self) -> list[Program]:
        variables = {"REDIS_PASSWORD": self.password}
        return [Program(self.name, self.run({self.port: 6379}, variables, "sh", "-c", START_REDIS), variables)]


def _docker(*arguments: str, check: bool = False) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=check)
