from django.contrib import admin

from auth_service.audit.models import AuditEntry
from auth_service.staff_pages import ReadOnlyAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "action", "user", "actor", "ip", "session_id", "detail"]
    list_filter = ["action", "at"]
    list_select_related = ["user"]
    search_fields = ["=user__username", "=user__email", "=ip"]
    show_full_result_count = False
