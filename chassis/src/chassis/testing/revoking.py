"""Tells all who listen that a session is over, as auth does."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.events import envelope
from chassis.events.envelope import Event
from chassis.events.testing import example
from chassis.events.transports import Message, Transport


def over(session: UUID) -> Event:
    """The event that ends it."""
    event, expires_at = example("auth.session.revoked.v1"), datetime.now(UTC) + timedelta(minutes=10)
    data = event.data | {"session_id": str(session), "expires_at": expires_at.isoformat()}
    return replace(event, id=uuid7(), data=data)


def publish(transport: Transport, event: Event) -> None:
    """Send an event to all who listen."""
    message = Message(str(event.id), event.type, event.partition_key, envelope.encode(event), mandatory=False)
    with closing(transport.publisher()) as publisher:
        publisher.publish([message])
