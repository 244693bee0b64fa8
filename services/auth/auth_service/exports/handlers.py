"""Reactions to what media has made."""

from datetime import datetime
from uuid import UUID

from chassis.events.envelope import Event
from django.utils import timezone

from auth_service.exports.services import export_made


def export_made_by_media(event: Event) -> None:
    expires_at = datetime.fromisoformat(event.data["expires_at"])
    export_made(UUID(event.data["export_id"]), expires_at, now=timezone.now())
