"""One OpenAPI document out of those of several services."""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chassis.openapi import BEARER
from chassis.operation_names import without_version

Json = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_SCHEME = {"bearer": BEARER}
_KINDS = ("schemas", "responses", "parameters", "requestBodies", "headers", "examples")


def merged(documents: Mapping[str, Json], shows: Callable[[str, str, str], bool]) -> Json:
    """Their operations that ``shows`` (service, method, path) says, and the components that those need.

    Components of one name that say different things have the service's name in front.
    """
    clashing = _clashing(documents)
    named = {service: _renamed(document, service, clashing) for service, document in documents.items()}
    paths: dict[str, Json] = {}
    for service, document in named.items():
        for path, operations in document["paths"].items():
            shown = {
                method: operation
                for method, operation in operations.items()
                if method not in METHODS or shows(service, method.upper(), path)
            }
            if shown.keys() & set(METHODS):
                paths.setdefault(path, {}).update(shown)
    for operation in each_operation(paths):
        operation["operationId"] = without_version(operation["operationId"])
    components = _reached(paths, [document.get("components", {}) for document in named.values()])
    return {
        "paths": dict(sorted(paths.items(), key=_api_first)),
        "components": components | {"securitySchemes": _SCHEME},
    }


def _api_first(item: tuple[str, Json]) -> tuple[bool, str]:
    return not item[0].startswith("/api/"), item[0]


def _clashing(documents: Mapping[str, Json]) -> set[tuple[str, str]]:
    """The components that have one name and say different things, or refer to such ones."""
    said: dict[tuple[str, str], list[Json]] = {}
    for document in documents.values():
        for kind in _KINDS:
            for name, component in document.get("components", {}).get(kind, {}).items():
                said.setdefault((kind, name), []).append(component)
    shared = {key: each for key, each in said.items() if len(each) > 1}
    clashing = {key for key, each in shared.items() if any(other != each[0] for other in each)}
    while more := {
        key for key, each in shared.items() if key not in clashing and not clashing.isdisjoint(_references(each))
    }:
        clashing |= more
    return clashing


def _renamed(document: Json, service: str, clashing: set[tuple[str, str]]) -> Json:
    document = copy.deepcopy(document)
    components = document.get("components", {})
    for kind, name in clashing:
        if name in components.get(kind, {}):
            components[kind][_own(service, name)] = components[kind].pop(name)
    for node in _nodes(document):
        target = _target(node)
        if target in clashing:
            kind, name = target
            node["$ref"] = f"#/components/{kind}/{_own(service, name)}"
    return document


def _own(service: str, name: str) -> str:
    return service.title() + name


def _reached(paths: Json, components: list[Json]) -> Json:
    """The components that are referred to, by the operations or by each other."""
    reached: dict[str, Json] = {}
    found = set(_references(paths))
    while found:
        new: set[tuple[str, str]] = set()
        for kind, name in found:
            component = next(each[kind][name] for each in components if name in each.get(kind, {}))
            reached.setdefault(kind, {})[name] = component
            new |= set(_references(component))
        found = {(kind, name) for kind, name in new if name not in reached.get(kind, {})}
    return {kind: dict(sorted(each.items())) for kind, each in sorted(reached.items())}


def each_operation(paths: Json) -> Iterator[Json]:
    """Every operation of a document."""
    for operations in paths.values():
        yield from (operation for method, operation in operations.items() if method in METHODS)


def _references(node: Any) -> Iterator[tuple[str, str]]:
    yield from filter(None, map(_target, _nodes(node)))


def _target(node: Json) -> tuple[str, str] | None:
    reference = node.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/components/"):
        return None
    _, _, kind, name = reference.split("/", 3)
    return kind, name


def _nodes(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        yield node
        node = node.values()
    if isinstance(node, list | type({}.values())):
        for below in node:
            yield from _nodes(below)
