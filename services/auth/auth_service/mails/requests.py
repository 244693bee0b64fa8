"""What becomes of mails that somebody who is not logged in asked for."""

from datetime import datetime

from django.db import transaction

from auth_service.mails.models import Kind, MailRequest
from auth_service.mails.services import mail_queue
from auth_service.users.address_claims import is_contested
from auth_service.users.models import User
from auth_service.users.selectors import user_get_by_email

AT_ONCE = 100  # requests of one job


def requests_answer(*, now: datetime) -> int:
    """Queue the mails that were asked for, AT_ONCE at most; gives how many requests there were."""
    waiting = MailRequest.objects.order_by("id")
    with transaction.atomic():
        requests = list(waiting.select_for_update(skip_locked=True)[:AT_ONCE])
        for request in requests:
            user = user_get_by_email(request.address)
            if user and user.is_active and (kind := _answer(Kind(request.kind), user)):
                mail_queue(user, kind, now=now)
        MailRequest.objects.filter(id__in=[request.id for request in requests]).delete()
    return len(requests)


def _answer(asked: Kind, user: User) -> Kind | None:
    """Which mail to send to an account; None where what was asked for is of no use to it."""
    if user.activated:
        return None if asked is Kind.ACTIVATION else asked
    if asked is Kind.ACTIVATION and is_contested(user):
        return Kind.REGISTERED_AGAIN
    return None if asked is Kind.USERNAME_RESET else asked
