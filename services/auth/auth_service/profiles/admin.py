"""Profiles in the admin."""

from typing import Any, cast
from uuid import UUID

from chassis.problems import Problem
from django import forms
from django.contrib import admin
from django.http import HttpRequest

from auth_service.avatars.services import avatar_require
from auth_service.profiles.services import ProfileChanges, profile_update
from auth_service.staff_pages import staff
from auth_service.users.models import Profile


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the checker alone
    def clean_avatar(self) -> UUID | None:
        """Take, as the API does, a ready picture of the profile's owner."""
        avatar: UUID | None = self.cleaned_data["avatar"]
        try:
            if avatar and "avatar" in self.changed_data:
                avatar_require(self.instance.user_id, avatar)
        except Problem as problem:
            raise forms.ValidationError([error.detail for error in problem.errors or []] or problem.detail) from problem
        return avatar


@admin.register(Profile)
class ProfileAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = ProfileForm
    list_display = ["user", "bio", "avatar", "locale"]
    list_select_related = ["user"]
    search_fields = ["user__username", "bio"]
    readonly_fields = ["user"]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Profile | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, profile: Profile, form: Any, _change: bool) -> None:
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        profile_update(profile.user_id, cast("ProfileChanges", changed), actor=staff(request))
