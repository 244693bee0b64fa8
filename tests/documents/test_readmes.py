"""The README of a service, and the chassis', lists what there is: no more and no less."""

import importlib
import re
from pathlib import Path

import pytest
from chassis.settings import SettingInfo, catalogue

from launcher.catalogue import settings_classes
from launcher.settings import PORTS, SERVICES
from tests.documents import readmes
from tests.documents.pages import ROOT
from tests.registries.code import Service, services

WITH_EVENTS = {service.name: service for service in services(ROOT)}
CHASSIS = ROOT / "chassis/src/chassis"


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_of_its_own_is_listed_with_default_and_meaning(service: str) -> None:
    own = {info.name: info for info in catalogue(settings_classes()[service]) if _belongs_to(service, info.name)}
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*) \|$", readmes.section(ROOT, service, "Settings"), re.MULTILINE)
    assert rows == [(name, _default(info), info.description) for name, info in own.items()]


def _belongs_to(service: str, name: str) -> bool:
    return name.startswith(f"{service.upper()}_") and name != f"{service.upper()}_URL"


def _default(info: SettingInfo) -> str:
    if info.generated:
        return "made in `VAR_DIR/secrets` in development"
    if info.default.startswith(str(ROOT)):
        return f"the packaged `{Path(info.default).name}`"
    if info.default in {"", "None"}:
        return "none"
    return f"`{info.default.lower() if info.type == 'bool' else info.default}`"


@pytest.mark.parametrize("service", SERVICES)
def test_every_command_is_listed(service: str) -> None:
    commands = importlib.import_module(f"{service}_service.commands").COMMANDS
    (listed,) = re.findall(
        rf"`broadsheet {service} ([a-z |-]+ \| [a-z |-]+)`", readmes.section(ROOT, service, "Commands")
    )
    assert listed.split(" | ") == list(commands)


def test_every_event_and_every_endpoint_is_listed() -> None:
    assert list(readmes.problems(ROOT)) == []


@pytest.mark.parametrize("service", WITH_EVENTS)
def test_every_folder_is_listed(service: str) -> None:
    rows = re.findall(r"^\| `(\w+)/` \|", (ROOT / f"services/{service}/README.md").read_text(), re.MULTILINE)
    assert sorted(rows) == _folders(WITH_EVENTS[service])


def _folders(service: Service) -> list[str]:
    return sorted({path.parent.name for path in service.package.glob("*/*.py")})


def test_chain_of_the_gateway_is_drawn_in_its_order() -> None:
    drawn = re.search(r"client ─+▶ (.*?) ─+▶", (ROOT / "services/gateway/README.md").read_text())
    code = (ROOT / "services/gateway/gateway_service/app.py").read_text()
    links = re.search(r"def checks\(.*?return \[\n(.*?)\n    \]", code, re.DOTALL)
    assert drawn
    assert links
    names = [name.removesuffix("Check").lower() for name in re.findall(r"^ {8}(\w+)", links[1], re.MULTILINE)]
    assert drawn[1].split(" ▶ ") == [*names, "cache", "forward"]


def test_every_module_of_the_chassis_is_listed() -> None:
    modules = {path.stem for path in CHASSIS.iterdir() if path.suffix in {"", ".py"} and not path.name.startswith("__")}
    rows = re.findall(r"^\| (`.*?`) (\|.*\|)$", (ROOT / "chassis/README.md").read_text(), re.MULTILINE)
    first = {name.strip("/") for column, _ in rows for name in re.findall(r"`([^`]+)`", column)}
    named = {name.split(".")[0] for _, text in rows for name in re.findall(r"`([a-z_]+)`", text)} | first
    assert first - modules == set(), "what is not there"
    assert modules - named == set(), "what is not listed"


def test_ports_in_the_readme_are_the_platforms() -> None:
    rows = re.findall(r"^\| \[(\w+)\]\(.*\| (\d+)[^|]*\|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert {service: int(port) for service, port in rows} == {name: PORTS[f"{name.upper()}_PORT"] for name in SERVICES}
