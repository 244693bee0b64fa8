"""An event is declared, listed, published and promised, or it is none of these."""

from collections.abc import Iterator
from pathlib import Path

from tests.registries.code import Service, services


def problems(root: Path) -> Iterator[str]:
    """A sentence for each event that is not all four."""
    found = services(root)
    declared = {event.type for service in found for event in service.declared}
    for service in found:
        yield from _of(service, root)
        for name in service.handles:
            if name not in declared:
                yield f"{service.registry.relative_to(root)}: HANDLERS has {name}, which nobody declares"
    promised = {file.name.removesuffix(".schema.json") for file in (root / "contracts/events").glob("*.schema.json")}
    for name in sorted(promised - declared):
        yield f"contracts/events/{name}.*: promised, and declared by nobody; delete them"
    for name in sorted(declared - promised):
        yield f"contracts/events/{name}.*: missing; run `broadsheet {name.partition('.')[0]} events schema write`"


def _of(service: Service, root: Path) -> Iterator[str]:
    registry = service.registry.relative_to(root)
    for event in service.declared:
        where = f"{event.file.relative_to(root)}: {event.name}"
        if event.type.partition(".")[0] != service.name:
            yield f"{where} is {event.type}, which belongs to another service"
        if event.name not in service.publishes:
            yield f"{where} is not in PUBLISHES of {registry}"
        if event.name not in service.used:
            yield f"{where} is published by nobody; declare an event when its publisher is written"
