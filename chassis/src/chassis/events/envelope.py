"""The envelope: CloudEvents 1.0 in structured JSON, built once and sent byte for byte.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

import json
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis import clock, tracing
from chassis.events.types import EventData, producer_of
from chassis.logging import current_request_id

CONTENT_TYPE = "application/cloudevents+json"
SIZE_LIMIT = 256 * 1024
"""Bytes of an envelope; a larger event is refused when it is published."""
NAME_LIMIT = 255
"""Characters of what events are found by, types and keys: so many fit into an index of any database."""
SEQUENCE_LIMIT = 2**63


class EventRefused(ValueError):  # noqa: N818  says what happened, as do its fellows
    """The event may not be published; the message names what is wrong with it."""


class EventUndecodable(ValueError):  # noqa: N818
    """The bytes received are no event; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. ``sequence`` is the version of its aggregate; ``replay`` marks a copy sent again on purpose."""

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    sequence: int
    partition_key: str
    data: dict[str, Any] = field(default_factory=dict)
    actor: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    traceparent: str | None = None
    tracestate: str | None = None
    replay: bool = False


handling: ContextVar[Event | None] = ContextVar("handling", default=None)
"""The event being handled here, which is the cause of whatever is published meanwhile."""


def create(data: EventData, *, sequence: int, actor: object = None, at: datetime | None = None) -> Event:
    """A new event saying ``data`` of version ``sequence`` of its aggregate; raises EventRefused naming the field."""
    declared = type(data).event_type
    content = data.model_dump(mode="json")
    for name in (declared.id_field, declared.key_field):
        if content[name] in (None, ""):
            raise EventRefused(f"{declared.name}: {name} is empty, and the event is identified by it")
        if not _is_name(str(content[name])):
            raise EventRefused(f"{declared.name}: {name} must be at most {NAME_LIMIT} printable characters")
    if not _is_version(sequence):
        raise EventRefused(f"{declared.name}: sequence must be a version number from 0 up, not {sequence!r}")
    cause, trace = handling.get(), tracing.headers()
    return Event(
        id=uuid7(),
        type=declared.name,
        source=source_of(declared.name),
        subject=f"{declared.aggregate}/{content[declared.id_field]}",
        time=clock.truncate_to_milliseconds(at or clock.now()),
        sequence=sequence,
        partition_key=str(content[declared.key_field]),
        data=content,
        actor=None if actor is None else str(actor),
        correlation_id=cause.correlation_id if cause else current_request_id(),
        causation_id=str(cause.id) if cause else None,
        traceparent=trace.get("traceparent"),
        tracestate=trace.get("tracestate"),
    )


def source_of(type_name: str) -> str:
    """The one source that events of a type may have: the service that owns it."""
    return f"/{producer_of(type_name)}"


def replayed(original: Event) -> Event:
    """A copy to be handled again: under its own id, caused by the original, and flagged."""
    return replace(original, id=uuid7(), causation_id=str(original.id), replay=True)


def encode(event: Event) -> bytes:
    """The envelope's bytes; raises EventRefused when they are more than SIZE_LIMIT."""
    optional = {
        "actor": event.actor,
        "correlationid": event.correlation_id,
        "causationid": event.causation_id,
        "traceparent": event.traceparent,
        "tracestate": event.tracestate,
        "replay": event.replay or None,
    }
    attributes = {
        "specversion": "1.0",
        "id": str(event.id),
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": clock.format_timestamp(event.time),
        "dataschema": schema_name(event.type),
        "datacontenttype": "application/json",
        "sequence": event.sequence,
        "partitionkey": event.partition_key,
        **{name: value for name, value in optional.items() if value is not None},
        "data": event.data,
    }
    body = json.dumps(attributes, ensure_ascii=False, separators=(",", ":")).encode()
    if len(body) > SIZE_LIMIT:
        raise EventRefused(f"{event.type}: data is too large, {len(body)} bytes where {SIZE_LIMIT} are allowed")
    return body


def schema_name(type_name: str) -> str:
    """The URI of an event type's schema, which is a file under ``contracts/events``."""
    return f"urn:broadsheet:event:{type_name}"


def decode(body: bytes) -> Event:
    """The event in these bytes; raises EventUndecodable."""
    try:
        attributes = json.loads(body.decode())
        return _event(attributes)
    except KeyError as error:
        raise EventUndecodable(f"the envelope has no {error.args[0]!r}") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise EventUndecodable(f"the bytes are no CloudEvents envelope: {error}") from error


def _event(attributes: dict[str, Any]) -> Event:
    if attributes["specversion"] != "1.0":
        raise ValueError(f"specversion is {attributes['specversion']!r}")
    if not isinstance(attributes["data"], dict) or not _is_version(attributes["sequence"]):
        raise TypeError("data must be an object and sequence a whole number from 0 up")
    for name in ("type", "partitionkey"):
        if not _is_name(attributes[name]):
            raise ValueError(f"{name} must be 1 to {NAME_LIMIT} printable characters")
    if attributes["source"] != source_of(attributes["type"]):
        raise ValueError(f"{attributes['type']} does not belong to its source {attributes['source']!r}")
    return Event(
        id=UUID(attributes["id"]),
        type=attributes["type"],
        source=attributes["source"],
        subject=str(attributes["subject"]),
        time=datetime.fromisoformat(attributes["time"]),
        sequence=attributes["sequence"],
        partition_key=attributes["partitionkey"],
        data=attributes["data"],
        actor=_text(attributes, "actor"),
        correlation_id=_text(attributes, "correlationid"),
        causation_id=_text(attributes, "causationid"),
        traceparent=_text(attributes, "traceparent"),
        tracestate=_text(attributes, "tracestate"),
        replay=attributes.get("replay") is True,
    )


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= NAME_LIMIT and value.isprintable()


def _is_version(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < SEQUENCE_LIMIT


def _text(attributes: dict[str, Any], name: str) -> str | None:
    value = attributes.get(name)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} must be text")
    return value
