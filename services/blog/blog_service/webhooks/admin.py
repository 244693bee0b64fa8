"""Webhooks in the admin: whose they are, how they fare, and what was sent."""

from chassis.problems import Problem
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from blog_service.webhooks.models import Delivery, Subscription, Webhook
from blog_service.webhooks.services.telling import delivery_again
from blog_service.webhooks.services.webhooks import WebhookFields, webhook_change


class SubscriptionInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Subscription
    fields = readonly_fields = ("type",)
    can_delete = False
    extra = max_num = 0


@admin.register(Webhook)
class WebhookAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("url", "owner", "active", "hears_all", "failing_since", "disabled_because", "created_at")
    list_filter = ("active", "hears_all", "disabled_because")
    list_select_related = ("owner",)
    search_fields = ("url", "owner__username")
    fields = readonly_fields = (*list_display, "failures", "not_before", "former_secret_until")
    inlines = (SubscriptionInline,)
    actions = ("activate", "deactivate")

    @admin.action(description="Make the selected webhooks active", permissions=["change"])
    def activate(self, _request: HttpRequest, webhooks: QuerySet[Webhook]) -> None:
        _become(webhooks, active=True)

    @admin.action(description="Send nothing more to the selected webhooks", permissions=["change"])
    def deactivate(self, _request: HttpRequest, webhooks: QuerySet[Webhook]) -> None:
        _become(webhooks, active=False)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False  # whoever makes one is told its secret


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("type", "webhook", "state", "attempts", "status_code", "reason", "next_attempt_at", "created_at")
    list_filter = ("state", "type", "reason")
    list_select_related = ("webhook",)
    show_full_result_count = False
    search_fields = ("event_id", "webhook__url")
    ordering = ("-id",)
    fields = readonly_fields = (*list_display, "event_id", "body")
    actions = ("send_again",)

    @admin.action(description="Send the selected deliveries again", permissions=["change"])
    def send_again(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        for delivery in deliveries.select_related("webhook"):
            try:
                delivery_again(delivery.webhook, delivery.id, now=timezone.now())
            except Problem as problem:
                self.message_user(request, f"{delivery}: {problem.detail}", messages.WARNING)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False


def _become(webhooks: QuerySet[Webhook], *, active: bool) -> None:
    for webhook_id in list(webhooks.values_list("id", flat=True)):
        webhook_change(webhook_id, WebhookFields(active=active), now=timezone.now())
