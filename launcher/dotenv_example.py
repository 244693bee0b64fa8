"""`.env.example`, made from the settings the services declare. Needs .venv."""

from collections.abc import Iterator

from chassis.settings import SettingInfo, catalogue

from launcher import ROOT
from launcher.catalogue import settings_classes

FILE = ROOT / ".env.example"
BEGINNING = """\
# Every setting, with its default. Copy to .env and uncomment what you change; the environment wins over .env.
# With SECRETS_DIR each may be a file of that name instead. `make env-example` writes this from the services' settings.

# == make up ==
# embedded (files below VAR_DIR) or servers (PostgreSQL, RabbitMQ, Redis)
# MODE=embedded
# folder of secret files
# SECRETS_DIR=
# 1: Prometheus with our alerts, StatsD and Graphite run beside the platform
# OBSERVE=
# where docs/runbooks is published, for alerts to lead there; empty for the files here
# RUNBOOK_URL=
"""


def write() -> None:
    """Write the file anew."""
    FILE.write_text(text())


def text() -> str:
    """Return what the file should hold."""
    by_service = {service: catalogue(settings_class) for service, settings_class in settings_classes().items()}
    shared = set.intersection(*({info.name for info in infos} for infos in by_service.values()))
    sections = {"all services": [info for info in by_service["auth"] if info.name in shared]}
    for service, infos in by_service.items():
        sections[service] = [info for info in infos if info.name not in shared]
    return "\n".join([BEGINNING, *(_section(title, infos) for title, infos in sections.items())])


def _section(title: str, infos: list[SettingInfo]) -> str:
    return "\n".join([f"# == {title} ==", *_lines(infos), ""])


def _lines(infos: list[SettingInfo]) -> Iterator[str]:
    for info in infos:
        yield f"# {info.description}"
        default = "" if info.default == "None" else info.default.removeprefix(f"{ROOT}/")
        yield f"# {info.name}={default}"
