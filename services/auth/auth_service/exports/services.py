"""Asking for an archive of all that is held about oneself. One at a time: who asks again gets the one there is."""

from datetime import datetime, timedelta
from uuid import UUID

from chassis.events.databases.django import publish
from chassis.logging import get_logger
from django.db import transaction

from auth_service.audit.models import Action
from auth_service.audit.services import audit_record
from auth_service.exports.events import ExportAsked
from auth_service.exports.models import Export
from auth_service.exports.selectors import export_get_live
from auth_service.mails.models import Kind
from auth_service.mails.services import mail_queue
from auth_service.users.selectors import user_get_locked

_KEPT = timedelta(days=30)

log = get_logger()


def export_ask(user_id: UUID, *, now: datetime) -> Export:
    """Have an archive made, unless one is being made or there to be fetched: then it is that one."""
    with transaction.atomic():
        user = user_get_locked(user_id)
        if live := export_get_live(user_id, now=now):
            return live
        export = Export.objects.create(user=user, requested_at=now)
        publish(ExportAsked(export_id=export.id, user_id=user_id), sequence=1)
        audit_record(Action.EXPORT_MADE, user_id=user_id, actor=user_id, export=str(export.id))
        return export


def export_made(export_id: UUID, expires_at: datetime, *, now: datetime) -> None:
    """Mark as ready, and tell its owner; nothing if it is not known here any more, or was told before."""
    with transaction.atomic():
        export = Export.objects.select_for_update().filter(id=export_id, expires_at=None).first()
        if export is None:
            return
        export.expires_at = expires_at
        export.save(update_fields=["expires_at"])
        mail_queue(export.user, Kind.EXPORT_READY, now=now)
        log.info("export made", export=str(export_id))


def exports_forget(*, now: datetime) -> None:
    """Forget that somebody has asked, some while after what they got is gone."""
    Export.objects.filter(requested_at__lte=now - _KEPT).delete()
