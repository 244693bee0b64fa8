"""Asking for a second factor, and its codes."""

import base64
import hashlib
import os
import re
from datetime import datetime
from uuid import UUID

from chassis.django.prepared import prepared
from django.db import transaction
from django.db.models import QuerySet

from auth_service.audit.models import Action
from auth_service.audit.services import audit_record
from auth_service.brakes.addresses import Client
from auth_service.brakes.limits import AttemptKind, of_totp
from auth_service.brakes.services import attempt
from auth_service.brakes.stores import Count
from auth_service.mails.models import Kind
from auth_service.mails.services import mail_queue
from auth_service.totp.models import RecoveryCode, Totp
from auth_service.totp.secrets import seal, step_of, unseal
from auth_service.users.models import User
from auth_service.users.selectors import devices_of
from auth_service.users.services import LoginRefused, user_authenticate, written_down

CODES = 10  # recovery codes of an account
_CODE_BYTES = 10


def account_authenticate(*, login: str, password: str, totp: str | None, client: Client, now: datetime) -> User:
    """The account of this login and password, if its second factor is there, too.

    Raises as ``user_authenticate`` does, and LoginRefused ``totp_required`` or ``totp_invalid``.
    """
    user = user_authenticate(login=login, password=password, client=client, now=now)
    factor = next(iter(_factors_in_use(user.id)), None)
    if factor and not totp:
        raise written_down(LoginRefused("totp_required", "This account asks for a code as well."), user)
    if factor and totp:
        with attempt(AttemptKind.TOTP, attempts_of(user, client), now=now):
            if not (code_take(factor, totp, now=now) or _recover(user, totp)):
                raise written_down(LoginRefused("totp_invalid", "This code is wrong, or was used before."), user)
    return user


@prepared
def _factors_in_use(user_id: UUID) -> QuerySet[Totp]:
    return Totp.objects.filter(user_id=user_id).exclude(confirmed_at=None)


def code_take(factor: Totp, code: str, *, now: datetime) -> bool:
    """Use up a code of the app: its step, and all before, count no more. Of two at once one is told True."""
    step = step_of(re.sub(r"\s", "", code), unseal(bytes(factor.sealed_secret), factor.user_id), now=now)
    return step is not None and bool(Totp.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step))


def factor_remove(user: User, *, actor: UUID, now: datetime) -> None:
    """Ask for no code any more, in the transaction of who locks the account, and tell its owner by mail."""
    Totp.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    mail_queue(user, Kind.TOTP_OFF, now=now)
    audit_record(Action.TOTP_OFF, user_id=user.id, actor=actor)


def factors_reseal() -> int:
    """Encrypt the secrets of second factors anew, under the present key, each in a transaction of its own.

    Gives how many. Raises KeyUnreadable; who calls again goes on.
    """
    count = 0
    for user_id in Totp.objects.values_list("user_id", flat=True).iterator():
        with transaction.atomic():
            if factor := Totp.objects.select_for_update().filter(user_id=user_id).first():
                factor.sealed_secret = seal(unseal(bytes(factor.sealed_secret), user_id), user_id)
                factor.save(update_fields=["sealed_secret"])
                count += 1
    return count


def _recover(user: User, code: str) -> bool:
    """Use up a recovery code."""
    deleted, _ = RecoveryCode.objects.filter(user=user, digest=_digest(code)).delete()
    return bool(deleted)


def codes_renew(user: User) -> list[str]:
    """Other recovery codes than before, in the transaction of who locks the account."""
    RecoveryCode.objects.filter(user=user).delete()
    texts = [base64.b32encode(os.urandom(_CODE_BYTES)).decode().lower() for _ in range(CODES)]
    codes = ["-".join(re.findall("....", text)) for text in texts]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(code)) for code in codes)
    return codes


def _digest(code: str) -> bytes:
    """However it was spelt. A plain hash does: 80 random bits are not guessed."""
    return hashlib.sha256(re.sub(r"[\s-]", "", code).lower().encode("utf-8", "surrogatepass")).digest()


def attempts_of(user: User, client: Client) -> list[Count]:
    """What is counted when this client shows a code."""
    return of_totp(user.id, client, is_known=client.is_among({ip for ip, _ in devices_of(user.id)}))
