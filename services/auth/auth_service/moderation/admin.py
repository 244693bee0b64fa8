"""Accounts in the admin. They are opened and closed by their owners; staff suspend them and give roles.

Who gives powers, or takes a second factor away, types the own password: a browser left open must not do.
"""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from auth_service.moderation.services import (
    user_permissions_change,
    user_powers_change,
    user_reactivate,
    user_roles_change,
    user_suspend,
    user_totp_end,
)
from auth_service.passwords.forms import own_password
from auth_service.registration.services import activation_resend
from auth_service.staff_pages import staff
from auth_service.users.models import Role, User

PERMISSIONS = ["groups", "user_permissions"]
POWERS = ["is_staff", "is_superuser", *PERMISSIONS]


def _password_field(label: str, *, required: bool) -> forms.CharField:
    shown = forms.PasswordInput(attrs={"autocomplete": "current-password"})
    return forms.CharField(label=label, widget=shown, strip=False, required=required)


class UserForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the checker alone
    staff: User  # who fills it in
    roles = forms.MultipleChoiceField(choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False)
    own_password = _password_field("Your own password", required=True)

    def clean_own_password(self) -> str:
        return own_password(self.staff, self.cleaned_data["own_password"])


class UserActionForm(ActionForm):
    own_password = _password_field("Your own password, to take a second factor away:", required=False)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = UserForm
    action_form = UserActionForm
    list_display = ["username", "email", "roles", "is_active", "activated", "is_staff", "created_at", "last_login"]
    list_filter = ["is_active", "activated", "is_staff"]
    search_fields = ["username", "email"]
    facts = ["id", "email", "username", "is_active", "activated", "created_at", "last_login"]
    filter_horizontal = PERMISSIONS
    actions = ["suspend", "reactivate", "resend_activation", "take_second_factor"]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: User | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, _obj: User | None = None) -> Any:
        shown = [*self.facts, "roles", *POWERS]
        return [*shown, "own_password"] if request.user.is_superuser else shown

    def get_readonly_fields(self, request: HttpRequest, _obj: User | None = None) -> list[str]:
        return self.facts if request.user.is_superuser else [*self.facts, "roles", *POWERS]

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, *args, **kwargs)
        form.staff = request.user
        return form

    def save_model(self, request: HttpRequest, user: User, form: Any, _change: bool) -> None:
        """Through the services, for the sake of the event and the audit log."""
        if {"is_staff", "is_superuser"}.intersection(form.changed_data):
            user_powers_change(user.id, is_staff=user.is_staff, is_superuser=user.is_superuser, actor=staff(request))
        if "roles" in form.changed_data:
            user_roles_change(user.id, form.cleaned_data["roles"], actor=staff(request))

    def save_related(self, request: HttpRequest, form: Any, _formsets: Any, _change: bool) -> None:
        """Through a service as well, where Django would save what is many-to-many by itself."""
        if set(PERMISSIONS).intersection(form.changed_data):
            given = {"groups": form.cleaned_data["groups"], "permissions": form.cleaned_data["user_permissions"]}
            user_permissions_change(form.instance.pk, **given, actor=staff(request))

    @admin.action(description="Suspend selected users", permissions=["change"])
    def suspend(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in within_power(request, users):
            user_suspend(user.id, actor=staff(request), now=timezone.now())

    @admin.action(description="Reactivate selected users", permissions=["change"])
    def reactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in within_power(request, users):
            user_reactivate(user.id, actor=staff(request))

    @admin.action(description="Send selected users the activation mail again", permissions=["change"])
    def resend_activation(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users:
            if activation_resend(user, now=timezone.now()):
                messages.success(request, f"{user} gets the mail again.")
            else:
                messages.warning(request, f"{user} waits for no mail.")

    @admin.action(description="Take the second factor of selected users away", permissions=["change"])
    def take_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """For who has lost app and recovery codes, once staff know by another way who is asking."""
        try:
            own_password(cast("User", request.user), request.POST.get("own_password", ""))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return
        for user in within_power(request, users):
            if user_totp_end(user.id, actor=staff(request), now=timezone.now()):
                messages.success(request, f"{user} logs in without a code now, and is told by mail.")
            else:
                messages.warning(request, f"{user} is asked for no code.")


def within_power(request: HttpRequest, users: QuerySet[User]) -> QuerySet[User]:
    """The accounts of which this member of staff may decide: of superusers only another one does."""
    if request.user.is_superuser:
        return users
    for superuser in users.filter(is_superuser=True):
        messages.error(request, f"{superuser} is a superuser; only another superuser may do that.")
    return users.filter(is_superuser=False)
