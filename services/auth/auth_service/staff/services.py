"""Opening the first account that has every power."""

from django.db import transaction

from auth_service.moderation.services import user_roles_change
from auth_service.users.models import Role, User
from auth_service.users.selectors import user_get_by_login
from auth_service.users.services import user_register


def admin_create(*, email: str, username: str, password: str) -> User:
    """An account that is an admin everywhere, of which others hear; raises Problem 400 as registering does."""
    with transaction.atomic():
        user = user_register(email=email, username=username, password=password, is_staff=True, is_superuser=True)
        user_roles_change(user.id, [Role.AUTHOR, Role.ADMIN], actor=user.id)
    return user


def is_admin(*, email: str, username: str) -> bool:
    """Whether both name one account, which is an admin already."""
    user = user_get_by_login(email)
    if user is None or user != user_get_by_login(username):
        return False
    return user.is_active and user.is_superuser and Role.ADMIN.value in user.roles
