"""Reactions to what auth asks to have erased."""

from uuid import UUID

from chassis.events.envelope import Event
from django.utils import timezone

from blog_service.erasure.services import erasure_begin, erasure_complete


def user_erase_on_erasure_execute(event: Event) -> None:
    erasure_begin(UUID(event.data["request_id"]), UUID(event.data["user_id"]), now=timezone.now())


def user_forget_on_erasure_completed(event: Event) -> None:
    erasure_complete(UUID(event.data["request_id"]), now=timezone.now())
