"""Accounts in the admin. They are opened and closed by their owners; staff suspend them and give roles."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from auth_service.moderation.services import user_reactivate, user_roles_change, user_suspend
from auth_service.staff_pages import staff
from auth_service.users.models import Role, User

POWERS = ["is_staff", "is_superuser", "groups", "user_permissions"]


class UserForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the checker alone
    roles = forms.MultipleChoiceField(choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = UserForm
    list_display = ["username", "email", "roles", "is_active", "is_staff", "created_at", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["username", "email"]
    fields = ["id", "email", "username", "is_active", "created_at", "last_login", "roles", *POWERS]
    filter_horizontal = ["groups", "user_permissions"]
    actions = ["suspend", "reactivate"]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: User | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, _obj: User | None = None) -> list[str]:
        facts = ["id", "email", "username", "is_active", "created_at", "last_login"]
        return facts if request.user.is_superuser else [*facts, "roles", *POWERS]

    def save_model(self, request: HttpRequest, user: User, form: Any, _change: bool) -> None:
        """Roles go through the service, for the sake of the event; the powers in the admin concern nobody else."""
        user.save(update_fields=["is_staff", "is_superuser"])
        if "roles" in form.changed_data:
            user_roles_change(user.id, form.cleaned_data["roles"], actor=staff(request))

    @admin.action(description="Suspend selected users", permissions=["change"])
    def suspend(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in within_power(request, users):
            user_suspend(user.id, actor=staff(request), now=timezone.now())

    @admin.action(description="Reactivate selected users", permissions=["change"])
    def reactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in within_power(request, users):
            user_reactivate(user.id, actor=staff(request))


def within_power(request: HttpRequest, users: QuerySet[User]) -> QuerySet[User]:
    """Those whom this member of staff may suspend: of superusers only another one decides."""
    if request.user.is_superuser:
        return users
    for superuser in users.filter(is_superuser=True):
        messages.error(request, f"{superuser} is a superuser; only another superuser may do that.")
    return users.filter(is_superuser=False)
