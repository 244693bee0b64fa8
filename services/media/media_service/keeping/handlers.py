"""Reactions to what the other services say of their pictures."""

from datetime import UTC, datetime
from uuid import UUID

from chassis.events.envelope import Event
from sqlalchemy.orm import Session

from media_service.erased.services import is_erased
from media_service.keeping.services import Using, uses_set


def uses_set_on_media_refs_changed(session: Session, event: Event) -> None:
    """An object of blog uses exactly these pictures."""
    told = event.data
    using = Using("blog", told["object_type"], UUID(told["object_id"]))
    owner_id = told.get("author_id")  # which blog has not always told
    _set(session, event, using, [UUID(asset_id) for asset_id in told["media_ids"]], owner_id and UUID(owner_id))


def avatar_use_set_on_profile_told(session: Session, event: Event) -> None:
    """A user's profile shows this picture, or none."""
    user_id, avatar = UUID(event.data["user_id"]), event.data["avatar"]
    if is_erased(session, user_id):
        return
    _set(session, event, Using("auth", "profile", user_id), [UUID(avatar)] if avatar else [], user_id)


def _set(session: Session, event: Event, using: Using, wanted: list[UUID], owner_id: UUID | None) -> None:
    uses_set(session, using, wanted, owner_id=owner_id, sequence=event.sequence, now=datetime.now(UTC))
