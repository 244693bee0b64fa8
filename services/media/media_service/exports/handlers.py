"""Reactions to what auth asks for."""

from datetime import UTC, datetime
from uuid import UUID

from chassis.events.envelope import Event
from sqlalchemy.orm import Session

from media_service.exports.services import export_ask


def export_take_on_export_asked(session: Session, event: Event) -> None:
    export_ask(session, UUID(event.data["export_id"]), UUID(event.data["user_id"]), now=datetime.now(UTC))
