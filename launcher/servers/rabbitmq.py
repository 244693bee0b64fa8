"""A private RabbitMQ with its own cookie, node name, ports and epmd, so that copies never meet."""

import base64
import hmac
import json
import subprocess
import urllib.request
from collections.abc import Mapping
from typing import ClassVar

from launcher.servers.binaries import binary
from launcher.servers.programs import Program
from launcher.servers.server import Server

CONFIGURATION = """\
listeners.tcp.local = {host}:{port}
management.tcp.ip = {host}
management.tcp.port = {management}
prometheus.tcp.ip = {host}
prometheus.tcp.port = {prometheus}
default_user = broadsheet
default_pass = {password}
default_user_tags.administrator = true
log.console = true
log.console.level = warning
log.file = false
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.absolute = 1GB
"""
PLUGINS = "[rabbitmq_management,rabbitmq_prometheus].\n"


class RabbitMQ(Server):
    """RabbitMQ with the management and Prometheus plugins and one administrator `broadsheet`."""

    name: ClassVar[str] = "rabbitmq"
    purposes: ClassVar[tuple[str, ...]] = ("clients", "management", "prometheus", "distribution", "epmd", "ctl")

    @property
    def url(self) -> str:
        return f"amqp://broadsheet:{self.password}@{self.host}:{self.port}/%2F"

    @property
    def public_url(self) -> str:
        """Where it is, for whoever has no account."""
        return f"amqp://{self.host}:{self.port}/%2F"

    def account_url(self, user: str, vhost: str) -> str:
        """Where clients with an account of their own connect; `vhost` is written as in a URL."""
        return f"amqp://{user}:{self.password_of(user)}@{self.host}:{self.port}/{vhost}"

    def password_of(self, user: str) -> str:
        """The password of an account, the same at each start."""
        return hmac.digest(self.password.encode(), user.encode(), "sha256").hex()

    @property
    def management_url(self) -> str:
        """The HTTP API, with account and password."""
        return f"http://broadsheet:{self.password}@{self.host}:{self.ports['management']}"

    @property
    def prometheus_url(self) -> str:
        """The metrics page, without a password."""
        return f"http://{self.host}:{self.ports['prometheus']}/metrics"

    @property
    def listening_port(self) -> int:
        """The port as the broker knows it."""
        return self.port

    def create_vhost(self, name: str) -> str:
        """Create a virtual host, a broker apart, unless it exists, and return its URL."""
        self._request("PUT", f"/api/vhosts/{name}")
        self._request("PUT", f"/api/permissions/{name}/broadsheet", {"configure": ".*", "write": ".*", "read": ".*"})
        return self.url.removesuffix("%2F") + name

    def define(self, definitions: Mapping[str, object]) -> None:
        """Create or change what RabbitMQ's definitions say: virtual hosts, accounts, permissions."""
        self._request("POST", "/api/definitions", definitions)

    def ctl(self, *arguments: str) -> str:
        """Run rabbitmqctl against this node and return what it printed; raises CalledProcessError."""
        command = [binary("rabbitmqctl"), "--quiet", *arguments]
        return subprocess.run(
            command, env=self._environment(), capture_output=True, text=True, check=True, timeout=60
        ).stdout

    def prepare(self) -> None:
        values = self.ports | {"port": self.port, "host": self.host, "password": self.password}
        self._write("rabbitmq.conf", CONFIGURATION.format_map(values))
        self._write("enabled_plugins", PLUGINS)
        self._write(".erlang.cookie", self.password)

    def programs(self) -> list[Program]:
        epmd = [binary("epmd"), "-address", self.host, "-port", str(self.ports["epmd"])]
        return [
            Program("epmd", epmd),
            Program(self.name, [binary("rabbitmq-server")], env=self._environment()),
        ]

    def is_ready(self) -> bool:
        try:
            self._request(
                "GET", f"/api/health/checks/port-listener/{self.listening_port}"
            )  # opened last, after this API
        except OSError:
            return False
        return True

    def _request(self, method: str, path: str, body: Mapping[str, object] | None = None) -> None:
        url = f"http://{self.host}:{self.ports['management']}{path}"
        credentials = base64.b64encode(f"broadsheet:{self.password}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
        request = urllib.request.Request(url, json.dumps(body or {}).encode(), headers, method=method)
        urllib.request.urlopen(request, timeout=5).close()

    def _write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.touch(mode=0o600)
        file.write_text(text)

    def _environment(self) -> dict[str, str]:
        ports = self.ports
        return {
            "HOME": str(self.folder),
            "RABBITMQ_NODENAME": "broadsheet@localhost",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self.folder / "generated"),
            "RABBITMQ_DIST_PORT": str(ports["distribution"]),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CTL_DIST_PORT_MIN": str(ports["ctl"]),
            "RABBITMQ_CTL_DIST_PORT_MAX": str(ports["ctl"]),
            "RABBITMQ_LOG": "-color",
            "ERL_EPMD_ADDRESS": self.host,
            "ERL_EPMD_PORT": str(ports["epmd"]),
            "RUNNING_UNDER_SYSTEMD": "true",  # the start script then becomes the broker: one process, its own signals
        }
