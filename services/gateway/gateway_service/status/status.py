"""The page as the admin port gives it, from whatever knows the figures."""

import time
from collections.abc import Mapping

from chassis.settings import SettingsError

from gateway_service.settings import GatewaySettings
from gateway_service.status import page, panels
from gateway_service.status.processes import Processes
from gateway_service.status.prometheus import Prometheus, PrometheusUnavailableError

_UNKNOWN = "Set GATEWAY_PROMETHEUS_URL or GATEWAY_STATUS_PROCESSES to see figures here."


class StatusPage:
    """Prometheus is asked for each page; where there is none, the processes are looked at from a thread."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._release = settings.release
        self._panels = panels.read()
        self._prometheus = Prometheus(settings.prometheus_url) if settings.prometheus_url else None
        urls = process_urls(settings.status_processes)
        self._processes = Processes(urls, self._panels) if urls and not self._prometheus else None

    def start(self) -> None:
        """Begin to look, where it is us who must."""
        if self._processes:
            self._processes.start()

    def html(self) -> bytes:
        """The page; Prometheus may keep it waiting some seconds."""
        source = self._prometheus or self._processes
        if source is None:
            return page.page(self._release, _UNKNOWN, {}, None, "")
        try:
            drawn = [
                (panel, [line for query in panel.queries for line in source.lines(query)]) for panel in self._panels
            ]
            alerts = self._prometheus.alerts() if self._prometheus else None
            answering = dict(source.answering)
        except PrometheusUnavailableError as away:
            return page.page(self._release, f'<b class="bad">{away}</b>', {}, None, "")
        told = "Figures of Prometheus." if self._prometheus else "Figures of this gateway's looks at the processes."
        return page.page(self._release, told, answering, alerts, page.charts(drawn, time.time()))


def process_urls(setting: str) -> Mapping[str, str]:
    """Where the metrics of each process are, from ``name=URL`` separated by commas; raises SettingsError."""
    pairs = [each.strip().partition("=") for each in setting.split(",") if each.strip()]
    for name, _, url in pairs:
        if not name or not url.startswith(("http://", "https://")):
            raise SettingsError(f"GATEWAY_STATUS_PROCESSES is name=URL, separated by commas: {name!r} has no URL.")
    return {name: url for name, _, url in pairs}
