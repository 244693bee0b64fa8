from django.contrib import admin

from auth_service.keys.models import SigningKey
from auth_service.staff_pages import ReadOnlyAdmin


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnlyAdmin):
    """Without the private key; `manage.py rotate_keys` makes new ones."""

    list_display = ["kid", "number", "active_from", "retire_at"]
    fields = ["kid", "number", "public_jwk", "created_at", "active_from", "retire_at"]
