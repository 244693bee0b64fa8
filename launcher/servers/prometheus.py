"""A private Prometheus with the platform's alerts."""

import json
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from launcher.alerts import write_rules
from launcher.servers.binaries import binary
from launcher.servers.programs import Program
from launcher.servers.server import Server

EVERY = "5s"


class Prometheus(Server):
    """Prometheus; ``jobs`` are what it asks, as its configuration has them under ``scrape_configs``."""

    name: ClassVar[str] = "prometheus"

    def __init__(self, folder: Path, port: int | None = None, jobs: Iterable[Mapping[str, Any]] = ()) -> None:
        super().__init__(folder, port)
        self._jobs = list(jobs)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def prepare(self) -> None:
        write_rules(self.folder / "rules")
        configuration = {
            "global": {"scrape_interval": EVERY, "scrape_timeout": EVERY, "evaluation_interval": EVERY},
            "rule_files": [f"{self.folder}/rules/*.yaml"],
            "scrape_configs": self._jobs,
        }
        self._file.write_text(json.dumps(configuration, indent=1))  # which is YAML, too

    def programs(self) -> list[Program]:
        options = [f"--storage.tsdb.path={self.folder}/data", f"--web.listen-address={self.host}:{self.port}"]
        return [Program(self.name, [binary("prometheus"), f"--config.file={self._file}", *options])]

    def is_ready(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/-/ready", timeout=2).close()
        except OSError:
            return False
        return True

    @property
    def _file(self) -> Path:
        return self.folder / "prometheus.yaml"
