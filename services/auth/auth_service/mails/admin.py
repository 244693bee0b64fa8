from django.contrib import admin

from auth_service.mails.models import Mail
from auth_service.staff_pages import ReadOnlyAdmin


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """What became of each mail; none of them is kept as it was sent."""

    list_display = ["kind", "user", "state", "created_at", "due_at", "attempts", "last_error", "done_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__email"]
