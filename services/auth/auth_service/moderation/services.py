"""What staff decide about accounts."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from auth_service.audit.models import Action
from auth_service.audit.services import audit_record
from auth_service.sessions.models import Session
from auth_service.sessions.services import sessions_end
from auth_service.totp.services import factor_remove
from auth_service.users.changes import user_changed
from auth_service.users.events import RoleChanged, UserReactivated, UserSuspended
from auth_service.users.models import Role, User
from auth_service.users.selectors import user_get_locked


def user_suspend(user_id: UUID, *, actor: UUID, now: datetime) -> None:
    """Close an account until further notice, and end its sessions."""
    with transaction.atomic():
        user = user_get_locked(user_id)
        if user.is_active:
            user.is_active = False
            user.credential_version += 1  # a log-in to the admin does not live again when the account does
            user.save(update_fields=["is_active", "credential_version"])
            user_changed(user, UserSuspended(user_id=user.id, roles=user.roles), actor=actor)
            audit_record(Action.SUSPENDED, user_id=user.id, actor=actor)
        sessions_end(user_id, by=Session.EndedBy.SUSPENSION, actor=actor, now=now)


def user_reactivate(user_id: UUID, *, actor: UUID) -> None:
    """Open a suspended account again; its sessions stay ended."""
    with transaction.atomic():
        user = user_get_locked(user_id)
        if not user.is_active:
            user.is_active = True
            user.save(update_fields=["is_active"])
            user_changed(user, UserReactivated(user_id=user.id, roles=user.roles), actor=actor)
            audit_record(Action.REACTIVATED, user_id=user.id, actor=actor)


def user_totp_end(user_id: UUID, *, actor: UUID, now: datetime) -> bool:
    """Let somebody in without a code who has lost app and recovery codes; False for an account that asks for none."""
    with transaction.atomic():
        user = user_get_locked(user_id)
        if user.has_totp:
            factor_remove(user, actor=actor, now=now)
            return True
    return False


def user_powers_change(user_id: UUID, *, is_staff: bool, is_superuser: bool, actor: UUID) -> None:
    """Let an account into auth's admin, or into all of it, or into it no more. Nobody else has to hear of it."""
    with transaction.atomic():
        user = user_get_locked(user_id)
        if (user.is_staff, user.is_superuser) != (is_staff, is_superuser):
            user.is_staff, user.is_superuser = is_staff, is_superuser
            user.save(update_fields=["is_staff", "is_superuser"])
            audit_record(Action.POWERS_CHANGED, user_id=user.id, actor=actor, staff=is_staff, superuser=is_superuser)


def user_permissions_change(
    user_id: UUID, *, groups: Iterable[Group], permissions: Iterable[Permission], actor: UUID
) -> None:
    """Put an account into exactly these groups, and give it these permissions besides, all for auth's admin."""
    with transaction.atomic():
        user = user_get_locked(user_id)
        before = _permissions(user)
        user.groups.set(groups)
        user.user_permissions.set(permissions)
        if (now := _permissions(user)) != before:
            audit_record(Action.POWERS_CHANGED, user_id=user.id, actor=actor, **now)


def user_roles_change(user_id: UUID, roles: Collection[Role], *, actor: UUID) -> None:
    """Give an account exactly these roles; tokens say so from the next refresh on."""
    with transaction.atomic():
        user = user_get_locked(user_id)
        wanted = [role.value for role in Role if role in roles]
        if user.roles != wanted:
            user.roles = wanted
            user.save(update_fields=["roles"])
            user_changed(user, RoleChanged(user_id=user.id, roles=wanted), actor=actor)
            audit_record(Action.ROLE_CHANGED, user_id=user.id, actor=actor, roles=wanted)


def _permissions(user: User) -> dict[str, Any]:
    named = user.user_permissions.values_list("content_type__app_label", "codename")
    return {
        "groups": sorted(user.groups.values_list("name", flat=True)),
        "permissions": sorted(f"{app}.{codename}" for app, codename in named),
    }
