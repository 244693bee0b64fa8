"""Reactions to what auth asks to have erased."""

from datetime import UTC, datetime
from uuid import UUID

from chassis.events.envelope import Event
from sqlalchemy.orm import Session

from media_service.erasure.services import erasure_begin, erasure_complete


def user_erase_on_erasure_execute(session: Session, event: Event) -> None:
    now = datetime.now(UTC)
    erasure_begin(session, UUID(event.data["request_id"]), UUID(event.data["user_id"]), now=now)


def user_forget_on_erasure_completed(session: Session, event: Event) -> None:
    erasure_complete(session, UUID(event.data["request_id"]), now=datetime.now(UTC))
