from django.contrib import admin

from auth_service.outbox.models import OutboxEvent
from auth_service.staff_pages import ReadOnlyAdmin


@admin.register(OutboxEvent)
class OutboxEventAdmin(ReadOnlyAdmin):
    list_display = ["id", "type", "aggregate_id", "sequence", "created_at", "published_at", "attempts"]
    list_filter = ["type", ("published_at", admin.EmptyFieldListFilter)]
    search_fields = ["event_id", "aggregate_id"]
