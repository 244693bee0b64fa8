"""A private Prometheus with the platform's alerts."""

import json
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from launcher.alerts import write_rules
from launcher.servers.binaries import binary
from launcher.servers.programs import Program
from launcher.servers.server import Server


class Prometheus(Server):
    """Prometheus; ``jobs`` gives what it asks, as its configuration has it under ``scrape_configs``, when it starts."""

    name: ClassVar[str] = "prometheus"
    every: ClassVar[str] = "5s"
    """How often it looks at the processes and at its rules."""

    def __init__(
        self, folder: Path, port: int | None = None, jobs: Callable[[], Iterable[Mapping[str, Any]]] = tuple
    ) -> None:
        super().__init__(folder, port)
        self._jobs = jobs

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def prepare(self) -> None:
        write_rules(self.folder / "rules")
        configuration = {
            "global": {
                "scrape_interval": self.every,
                "scrape_timeout": self.every,
                "evaluation_interval": self.every,
            },
            "rule_files": [f"{self.folder}/rules/*.yaml"],
            "scrape_configs": list(self._jobs()),
        }
        self._file.write_text(json.dumps(configuration, indent=1))  # which is YAML, too

    def programs(self) -> list[Program]:
        options = ["--enable-feature=exemplar-storage"]  # the traces that latencies name
        options += [f"--storage.tsdb.path={self.folder}/data", f"--web.listen-address={self.host}:{self.port}"]
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
