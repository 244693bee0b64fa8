"""JSON Schemas and examples of events, generated from their classes, and what of a change would break a consumer."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis.events import envelope
from chassis.events.types import EventData

_EXAMPLE_ID = UUID("019aae60-2c00-7000-8000-000000000001")
_EXAMPLE_TIME = datetime(2026, 11, 23, 10, tzinfo=UTC)
_SAYS_NOTHING = frozenset({"title", "description", "examples", "default", "$defs"})
"""Keywords of JSON Schema that bind nobody."""

Schema = dict[str, Any]


class ContractError(Exception):
    """An event class does not say enough for its contract; the message names the class and the field."""


def files(data_class: type[EventData]) -> dict[str, str]:
    """The contract of an event type: file names and their text."""
    name = data_class.event_type.name
    return {
        f"{name}.schema.json": _text(schema(data_class)),
        f"{name}.example.json": _text(json.loads(envelope.encode(example(data_class)))),
    }


def schema(data_class: type[EventData]) -> Schema:
    """The JSON Schema of an event's data."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": envelope.schema_name(data_class.event_type.name),
        **data_class.model_json_schema(),
    }


def example(data_class: type[EventData]) -> envelope.Event:
    """An event made of the first example of each field; raises ContractError for a field without one."""
    name = data_class.event_type.name
    for field, info in data_class.model_fields.items():
        if not info.examples:
            raise ContractError(f"{data_class.__name__}.{field} has no example; write Field(examples=[…])")
    content = {field: info.examples[0] for field, info in data_class.model_fields.items() if info.examples}
    event = envelope.create(data_class.model_validate(content), sequence=1, at=_EXAMPLE_TIME)
    bare = replace(event, id=_EXAMPLE_ID, correlation_id=None, causation_id=None, traceparent=None, tracestate=None)
    if bare.type != name:
        raise ContractError(f"{data_class.__name__} inherits its event type {bare.type}")
    return bare


def problems(data_class: type[EventData], folder: Path) -> Iterator[str]:
    """How the committed contract differs from the class, in sentences; breaking changes say so."""
    breaks = list(breaking_changes(data_class, folder))
    yield from breaks
    for name, text in files(data_class).items():
        path = folder / name
        if not path.exists():
            yield f"{name} is missing; run `events schema write`"
        elif path.read_text() != text and not breaks:
            yield f"{name} is not what the code says; run `events schema write`"


def breaking_changes(data_class: type[EventData], folder: Path) -> Iterator[str]:
    """What in the class breaks consumers of the committed schema; only optional additions keep the major version."""
    path = folder / f"{data_class.event_type.name}.schema.json"
    if path.exists():
        for change in compare(json.loads(path.read_text()), schema(data_class)):
            yield f"{data_class.event_type.name}: {change}; that needs a new major version"


def compare(old: Schema, new: Schema) -> Iterator[str]:
    """The differences between two schemas that are more than an optional addition."""
    yield from _compare(_plain(old, old.get("$defs", {})), _plain(new, new.get("$defs", {})), "data")


def _compare(old: Schema, new: Schema, path: str) -> Iterator[str]:
    if "properties" not in old or "properties" not in new:
        if old != new:
            yield f"{path} was {_short(old)} and is {_short(new)}"
        return
    for name, was in old["properties"].items():
        if name not in new["properties"]:
            yield f"{path}.{name} is gone"
        else:
            yield from _compare(was, new["properties"][name], f"{path}.{name}")
    was_required, is_required = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(is_required - was_required):
        yield f"{path}.{name} is required now"
    for name in sorted(was_required - is_required):
        yield f"{path}.{name} is not required any more"


def _plain(node: Any, definitions: Schema) -> Any:
    """A schema with its references resolved and without what binds nobody."""
    if isinstance(node, list):
        return [_plain(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _plain(definitions[node["$ref"].rpartition("/")[2]], definitions)
    plain = {key: value for key, value in node.items() if key not in _SAYS_NOTHING and key[0] != "$"}
    if "properties" in plain:  # there the keys are names, not keywords
        properties = plain.pop("properties")
        plain["properties"] = {name: _plain(value, definitions) for name, value in properties.items()}
    return {key: value if key == "properties" else _plain(value, definitions) for key, value in plain.items()}


def _short(schema: Schema) -> str:
    return json.dumps(schema, sort_keys=True)[:120]


def _text(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
