from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from auth_service.personal_tokens.models import PersonalToken
from auth_service.personal_tokens.services import personal_token_revoke
from auth_service.staff_pages import ReadOnlyAdmin, staff


@admin.register(PersonalToken)
class PersonalTokenAdmin(ReadOnlyAdmin):
    list_display = ["id", "user", "name", "scopes", "created_at", "expires_at", "last_used_at"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__email"]
    exclude = ["digest"]
    actions = ["revoke"]

    @admin.action(description="Revoke selected tokens", permissions=["revoke"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[PersonalToken]) -> None:
        if not request.user.is_superuser:
            tokens = tokens.filter(user__is_superuser=False)
        for token in tokens:
            personal_token_revoke(token, by="staff", actor=staff(request), now=timezone.now())

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("personal_tokens.change_personaltoken")
