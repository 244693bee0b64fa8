"""Who tells Prometheus how PostgreSQL and Redis are: Debian's exporters."""

from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from launcher.servers.binaries import binary
from launcher.servers.ports import answers
from launcher.servers.programs import Program
from launcher.servers.server import Server


class Exporter(Server):
    """An exporter; ``watched`` is the URL of the server it asks, kept for who becomes it later."""

    def __init__(self, folder: Path, port: int | None = None, watched: str = "") -> None:
        super().__init__(folder, port)
        self._watched = watched

    @property
    def url(self) -> str:
        return f"http://{self.where}/metrics"

    @property
    def where(self) -> str:
        """Host and port, as Prometheus names a target."""
        return f"{self.host}:{self.port}"

    def prepare(self) -> None:
        self._file.touch(mode=0o600)  # the URL holds a password
        self._file.write_text(self._watched)

    def is_ready(self) -> bool:
        return answers(self.port)

    @property
    def _file(self) -> Path:
        return self.folder / "watched"


class PostgresExporter(Exporter):
    """Metrics of all databases by one connection, without the settings, which do not change."""

    name: ClassVar[str] = "postgres-exporter"
    binary_name: ClassVar[str] = "prometheus-postgres-exporter"

    def programs(self) -> list[Program]:
        command = [binary(self.binary_name), f"--web.listen-address={self.where}", "--disable-settings-metrics"]
        return [Program(self.name, command, env={"DATA_SOURCE_NAME": f"{self._file.read_text()}?sslmode=disable"})]


class RedisExporter(Exporter):
    """Metrics of one Redis."""

    name: ClassVar[str] = "redis-exporter"
    binary_name: ClassVar[str] = "prometheus-redis-exporter"

    def programs(self) -> list[Program]:
        url = urlsplit(self._file.read_text())
        environment = {"REDIS_ADDR": f"redis://{url.hostname}:{url.port}", "REDIS_PASSWORD": url.password or ""}
        return [Program(self.name, [binary(self.binary_name), f"--web.listen-address={self.where}"], env=environment)]
