"""An event is declared, listed, published, promised and handled, or it is none of these."""

from collections.abc import Iterator
from pathlib import Path

from tests.registries.code import Service, services


def problems(root: Path) -> Iterator[str]:
    """A sentence for each event that is not all of it, and for each reaction to none."""
    found = services(root)
    declared = {event.type for service in found for event in service.declared}
    handled = {name for service in found for name in service.handles}
    for service in found:
        yield from _of(service, root, handled)
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


def _of(service: Service, root: Path, handled: set[str]) -> Iterator[str]:
    registry = service.registry.relative_to(root)
    for event in service.declared:
        where = f"{event.file.relative_to(root)}: {event.name}"
        if event.type.partition(".")[0] != service.name:
            yield f"{where} is {event.type}, which belongs to another service"
        if event.name not in service.publishes:
            yield f"{where} is not in PUBLISHES of {registry}"
        if event.name not in service.used:
            yield f"{where} is published by nobody; declare an event when its publisher is written"
        if event.type not in handled and not event.optional:
            yield f"{where}: {event.type} is handled by nobody; say optional_subscribers=True"
