"""The page on which staff change their own password: Django's, with our service behind it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from auth_service.passwords.forms import own_password
from auth_service.passwords.services import password_replace


class PasswordForm(AdminPasswordChangeForm):
    def clean_old_password(self) -> str:
        """Check the present password as the API does, brakes and all."""
        return own_password(self.user, str(self.cleaned_data["old_password"]))

    def save(self, commit: bool = True) -> Any:  # noqa: ARG002  Django's own signature
        """Through the service, which ends the account's sessions; this page's goes on."""
        own = self.user.pk
        self.user = password_replace(own, self.cleaned_data["new_password1"], actor=own, now=timezone.now())
        return self.user


def password_change(request: HttpRequest) -> HttpResponseBase:
    """Change one's password."""
    view = PasswordChangeView.as_view(
        form_class=PasswordForm,
        success_url=reverse("admin:password_change_done"),
        extra_context=admin.site.each_context(request),
    )
    return view(request)
