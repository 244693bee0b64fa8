"""What the pages of the admin have in common."""

from uuid import UUID

from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[type-arg]  # generic for the checker alone
    """Staff with the permission to view may look; nobody adds, changes or deletes here."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False


def staff(request: HttpRequest) -> UUID:
    """Who is at work in the admin."""
    user_id = request.user.pk
    assert isinstance(user_id, UUID)
    return user_id
