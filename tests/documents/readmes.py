"""What a service's README says of its events and endpoints, held against the code and the contracts."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from chassis.access import shape

from tests.registries.code import Service, services


def problems(root: Path) -> Iterator[str]:
    """A sentence for each event or endpoint that a README lacks, and for each that is not there."""
    for service in services(root):
        yield from _compared(root, service, "Events", _events(root, service), _code_events(service))
        yield from _compared(root, service, "Endpoints", _endpoints(root, service), _operations(root, service))


def section(root: Path, service: str, heading: str) -> str:
    """What stands under a heading of a service's README."""
    text = (root / f"services/{service}/README.md").read_text()
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"services/{service}/README.md has no section {heading}"
    return found[1]


def _compared(root: Path, service: Service, heading: str, listed: set[str], there: set[str]) -> Iterator[str]:
    where = f"services/{service.name}/README.md: {heading}"
    yield from (f"{where} lacks {name}" for name in sorted(there - listed))
    yield from (f"{where} lists {name}, which is not there" for name in sorted(listed - there))


def _events(root: Path, service: Service) -> set[str]:
    return set(re.findall(r"`([a-z]+\.[a-z_.]+\.v\d+)`", section(root, service.name, "Events")))


def _code_events(service: Service) -> set[str]:
    return {event.type for event in service.declared} | set(service.handles)


def _endpoints(root: Path, service: Service) -> set[str]:
    found = re.findall(r"`((?:[A-Z]+ )+)(/[^`]+)`", section(root, service.name, "Endpoints"))
    return {f"{method} {shape(path)}" for methods, path in found for method in methods.split() if method != "HEAD"}


def _operations(root: Path, service: Service) -> set[str]:
    paths = json.loads((root / f"contracts/openapi/{service.name}.json").read_text())["paths"]
    return {f"{method.upper()} {shape(path)}" for path, operations in paths.items() for method in operations}
