"""Sending what waits: each mail at least once, and its row says what became of it."""

from datetime import datetime, timedelta

from chassis.logging import get_logger
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from auth_service.mails.links import is_void, link_make
from auth_service.mails.models import Mail
from auth_service.mails.rendering import render
from auth_service.mails.transports import Deliver, transport
from auth_service.mails.transports.refusals import MailDeferred, MailRefused, MailServerAway
from auth_service.settings import settings
from auth_service.users.selectors import user_get_locked
from chassis import statsd

AT_ONCE = 100  # mails of one job
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
_GIVEN_UP_AFTER = timedelta(days=3)

log = get_logger()


def mails_send() -> int:
    """Send mails that are due, AT_ONCE at most; gives how many were tried. A server that is away ends the round."""
    due = list(Mail.objects.filter(state=Mail.State.WAITING, due_at__lte=timezone.now()).order_by("due_at")[:AT_ONCE])
    if not due:
        return 0
    try:
        with transport(settings()) as deliver:
            for mail in due:
                if _claim(mail, now=timezone.now()):
                    _send(mail, deliver)
    except MailServerAway as error:
        log.warning("mail server away", error=str(error))
    return len(due)


def _claim(mail: Mail, *, now: datetime) -> bool:
    """Make this process the one that tries; whoever comes next comes when the wait is over, were we to die here."""
    wait = min(_FIRST_WAIT * 2 ** min(mail.attempts, 10), _LONGEST_WAIT)
    mine = Mail.objects.filter(id=mail.id, state=Mail.State.WAITING, due_at=mail.due_at)
    return bool(mine.update(due_at=now + wait, attempts=F("attempts") + 1))


def _send(mail: Mail, deliver: Deliver) -> None:
    try:
        now = timezone.now()
        with transaction.atomic():
            user = user_get_locked(mail.user_id)
            if is_void(mail, user, now=now):
                _done(mail, Mail.State.VOID)
                return
            ip = user.sessions.filter(id__in=[mail.about]).values_list("ip", flat=True).first()
            message = render(mail, user, link=link_make(mail, user, now=now), ip=ip)
        deliver(message)
    except MailRefused as error:
        _done(mail, Mail.State.REFUSED, error=str(error))
    except MailDeferred as error:
        _put_off(mail, error)
    except MailServerAway as error:
        _put_off(mail, error)
        raise
    else:
        _done(mail, Mail.State.SENT)


def _put_off(mail: Mail, error: Exception) -> None:
    """Leave the mail until the wait that began with the claim is over."""
    if mail.created_at < timezone.now() - _GIVEN_UP_AFTER:
        _done(mail, Mail.State.REFUSED, error=str(error))
    else:
        Mail.objects.filter(id=mail.id).update(last_error=str(error)[:200])


def _done(mail: Mail, state: Mail.State, *, error: str = "") -> None:
    Mail.objects.filter(id=mail.id).update(state=state, done_at=timezone.now(), last_error=error[:200])
    statsd.incr(f"mail.{state}")
    log.info("mail done", mail=str(mail.id), kind=mail.kind, state=state.value, error=error or None)
