"""What a service's contract offers the gateway routes, and what it routes is in a contract."""

import json
from collections.abc import Iterator
from pathlib import Path

import yaml
from chassis.access import shape

GATEWAY = "services/gateway/gateway_service/gateway.yaml"
CONTRACTS = "contracts/openapi"
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
"""HEAD comes with GET, and the gateway answers OPTIONS itself."""

Operation = tuple[str, str, str]
"""The service, the method and the path without the names of its fields."""


def problems(root: Path) -> Iterator[str]:
    """A sentence for each operation without a route, and for each route without an operation."""
    offered, routed = _offered(root), _routed(root)
    for service, method, path in sorted(offered.keys() - routed.keys()):
        yield f"{GATEWAY}: no route to {service} for {method} {offered[service, method, path]}"
    for service, method, path in sorted(routed.keys() - offered.keys()):
        yield f"{CONTRACTS}/{service}.json: no operation {method} {routed[service, method, path]}, which is routed"


def _offered(root: Path) -> dict[Operation, str]:
    contracts = {file.stem: json.loads(file.read_text()) for file in sorted((root / CONTRACTS).glob("*.json"))}
    return {
        (service, method.upper(), shape(path)): path
        for service, contract in contracts.items()
        for path, operations in contract["paths"].items()
        for method in operations
        if method.upper() in METHODS
    }


def _routed(root: Path) -> dict[Operation, str]:
    routes = yaml.safe_load((root / GATEWAY).read_text())["routes"]
    return {
        (each["upstream"], method, shape(each["path"])): each["path"] for each in routes for method in each["methods"]
    }
