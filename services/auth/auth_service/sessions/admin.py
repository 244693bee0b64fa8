from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from auth_service.sessions.models import Session
from auth_service.sessions.services import session_end
from auth_service.staff_pages import ReadOnlyAdmin, staff


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ["id", "user", "ip", "created_at", "last_used_at", "ended_at", "ended_by"]
    list_filter = ["ended_by"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__email"]
    exclude = ["refresh_digest"]
    actions = ["end"]

    @admin.action(description="End selected sessions", permissions=["end"])
    def end(self, request: HttpRequest, sessions: QuerySet[Session]) -> None:
        if not request.user.is_superuser:
            sessions = sessions.filter(user__is_superuser=False)
        for session in sessions:
            session_end(session, by=Session.EndedBy.STAFF, actor=staff(request), now=timezone.now())

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("user_sessions.change_session")
