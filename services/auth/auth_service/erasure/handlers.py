"""Reactions to what other services have erased."""

from uuid import UUID

from chassis.events.envelope import Event
from django.utils import timezone

from auth_service.erasure.saga import deletion_answered


def deletion_answered_by_service(event: Event) -> None:
    service = event.source.removeprefix("/")
    deletion_answered(UUID(event.data["request_id"]), service, event.data["counts"], now=timezone.now())
