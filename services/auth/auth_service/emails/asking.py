"""Asking for another address, in either version."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from auth_service.brakes.addresses import Client
from auth_service.brakes.limits import AttemptKind, of_mail
from auth_service.brakes.services import attempt_count
from auth_service.emails.services import email_change
from auth_service.emails.shapes import PendingEmailShape
from auth_service.sessions.authentication import current_session_id
from auth_service.users.caller import caller
from auth_service.users.unique_keys import email_key


def change_asked(request: Request, current_password: str | None, new_email: str) -> Response:
    """Have a link mailed to the new address, unless the caller or their address have had too many: 202."""
    now = timezone.now()
    attempt_count(AttemptKind.MAIL, of_mail(email_key(new_email), Client.of(request)), now=now)
    change = email_change(caller(request), current_password, new_email, session_id=current_session_id(request), now=now)
    return Response(PendingEmailShape(pending_email=change.new_email), status=202)
