"""An event is declared, listed, published, promised and handled, or it is none of these."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.registries.code import Service, services

OPTIONAL_THOUGH_HANDLED = {
    "auth.role.changed.v1": "all listen, and a broker takes each for a queue (ADR 0028); blog compares roles",
}
"""By type, why its publisher need not wait for the queue of who handles it, and what mends a loss."""


def problems(root: Path) -> Iterator[str]:
    """A sentence for each event that is not all of it, and for each reaction to none."""
    found = services(root)
    declared = {event.type for service in found for event in service.declared}
    handlers = {name: {service.name for service in found if name in service.handles} for name in declared}
    for service in found:
        yield from _of(service, root, handlers)
        yield from _of_handlers(service, root, declared)
    promised = {file.name.removesuffix(".schema.json") for file in (root / "contracts/events").glob("*.schema.json")}
    for name in sorted(promised - declared):
        yield f"contracts/events/{name}.*: promised, and declared by nobody; delete them"
    for name in sorted(declared - promised):
        yield f"contracts/events/{name}.*: missing; run `broadsheet {name.partition('.')[0]} events schema write`"


def _of_handlers(service: Service, root: Path, declared: set[str]) -> Iterator[str]:
    registry = service.registry.relative_to(root)
    for name in service.handles:
        if name not in declared:
            yield f"{registry}: HANDLERS has {name}, which nobody declares"
    for name in sorted(service.named_handlers - service.reactions.keys()):
        yield f"{registry}: HANDLERS has {name}, which no handlers.py defines"
    for name in sorted(service.reactions.keys() - service.named_handlers):
        yield f"{service.reactions[name].relative_to(root)}: {name} is in no HANDLERS"


def _of(service: Service, root: Path, handlers: Mapping[str, set[str]]) -> Iterator[str]:
    registry = service.registry.relative_to(root)
    for event in service.declared:
        where = f"{event.file.relative_to(root)}: {event.name}"
        if event.type.partition(".")[0] != service.name:
            yield f"{where} is {event.type}, which belongs to another service"
        if event.name not in service.publishes:
            yield f"{where} is not in PUBLISHES of {registry}"
        if event.name not in service.used:
            yield f"{where} is published by nobody; declare an event when its publisher is written"
        if not handlers[event.type] and not event.optional:
            yield f"{where}: {event.type} is handled by nobody; say optional_subscribers=True"
        others = ", ".join(
            sorted(handlers[event.type] - {service.name})
        )  # its relay makes a service's own queues first
        if others and event.optional and event.type not in OPTIONAL_THOUGH_HANDLED:
            yield f"{where}: {event.type} is handled by {others}: without a queue it is lost; no optional_subscribers"
