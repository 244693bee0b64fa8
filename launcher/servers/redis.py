"""A private Redis without persistence: a cache may forget at a restart."""

import socket
from pathlib import Path
from typing import ClassVar

from launcher.servers.binaries import binary
from launcher.servers.programs import Program
from launcher.servers.server import Server

CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir {folder}
save ""
appendonly no
maxmemory 64mb
maxmemory-policy allkeys-lru
"""


class Redis(Server):
    """Redis with a password."""

    name: ClassVar[str] = "redis"

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{self.host}:{self.port}/0"

    def prepare(self) -> None:
        values = {"host": self.host, "port": self.port, "password": self.password, "folder": self.folder}
        self._file.touch(mode=0o600)
        self._file.write_text(CONFIGURATION.format_map(values))

    def programs(self) -> list[Program]:
        return [Program(self.name, [binary("redis-server"), str(self._file)])]

    def is_ready(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return connection.recv(5) == b"+OK\r\n"
        except OSError:
            return False

    @property
    def _file(self) -> Path:
        return self.folder / "redis.conf"
