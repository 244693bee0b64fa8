"""Reactions to what the owner of an account is to be told."""

from uuid import UUID

from chassis.events.envelope import Event
from django.utils import timezone

from auth_service.mails.models import Kind
from auth_service.mails.services import mail_queue
from auth_service.users.models import User


def mail_queue_on_webhook_disabled(event: Event) -> None:
    """The mail does not say where the webhook leads: a list of them is behind a log-in."""
    owner = User.objects.filter(id=UUID(event.data["owner_id"]), is_active=True).first()
    if owner:
        mail_queue(owner, Kind.WEBHOOK_DISABLED, about=UUID(event.data["webhook_id"]), now=timezone.now())
