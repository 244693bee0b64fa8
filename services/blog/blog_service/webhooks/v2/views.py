"""Webhooks in version 2: for their owners, and for admins."""

from uuid import UUID

from chassis.django.bodies import read
from chassis.django.idempotency.views import IDEMPOTENCY_KEY, Keep, create_once
from chassis.django.lists import documented, query_of, rows_on
from chassis.lists import CURSOR, Parameter, cursor_page
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.callers import writer_of
from blog_service.webhooks.selectors import NEWEST_FIRST, webhook_get, webhooks_of
from blog_service.webhooks.services.webhooks import (
    WebhookFields,
    secret_rotate,
    url_require,
    webhook_add,
    webhook_change,
    webhook_remove,
)
from blog_service.webhooks.v2.bodies import WebhookBody, WebhookChangesBody
from blog_service.webhooks.v2.shapes import NewWebhookV2Shape, WebhooksV2Shape, WebhookV2Shape, with_secret

TOO_MANY = OpenApiResponse(description="one too many (`webhooks_too_many`)")
LIST = (*CURSOR, Parameter("all", {"type": "boolean", "default": False}, "those of everybody, for admins"))


class Webhooks(APIView):
    @extend_schema(parameters=documented(LIST), responses=WebhooksV2Shape)
    def get(self, request: Request) -> Response:
        """The caller's webhooks, newest first."""
        query = query_of(request, LIST)
        page = cursor_page(query, NEWEST_FIRST)
        found = list(rows_on(page, webhooks_of(writer_of(request), everybodys=query.flag("all"))))
        webhooks, next_cursor = page.split(found, lambda webhook: (webhook.id,))
        return Response({"items": list(map(WebhookV2Shape.from_instance, webhooks)), "next_cursor": next_cursor})

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=WebhookBody,
        responses={201: NewWebhookV2Shape, 409: TOO_MANY},
    )
    def post(self, request: Request) -> HttpResponse:
        """Have an address told of events. The secret is told only here; an answer that is repeated has none."""
        writer, fields = writer_of(request), WebhookFields(**read(WebhookBody, request.data))  # type: ignore[typeddict-item]
        url_require(fields["url"])

        @transaction.atomic
        def create(keep: Keep) -> Response:
            added = webhook_add(writer, fields)
            keep(Response(with_secret(added.webhook, None), status=201))
            return Response(with_secret(*added), status=201)

        return create_once(request, create)


class OneWebhook(APIView):
    @extend_schema(responses=WebhookV2Shape)
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """A webhook."""
        return _answer(request, webhook_id)

    @extend_schema(request=WebhookChangesBody, responses=WebhookV2Shape)
    def patch(self, request: Request, webhook_id: UUID) -> Response:
        """Change a webhook; one that was disabled begins anew when it is made active."""
        webhook = webhook_get(webhook_id, writer_of(request))
        fields = WebhookFields(**read(WebhookChangesBody, request.data))  # type: ignore[typeddict-item]
        if "url" in fields:
            url_require(fields["url"])
        webhook_change(webhook.id, fields, now=timezone.now())
        return _answer(request, webhook_id)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        """Remove a webhook, and the log of its deliveries."""
        webhook_remove(webhook_get(webhook_id, writer_of(request)).id)
        return Response(status=204)


class Secret(APIView):
    @extend_schema(request=None, responses=NewWebhookV2Shape)
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Give a webhook another secret, told only here; for a day messages are signed with the former one too."""
        webhook = webhook_get(webhook_id, writer_of(request))
        return Response(with_secret(*secret_rotate(webhook.id, now=timezone.now())))


def _answer(request: Request, webhook_id: UUID) -> Response:
    return Response(WebhookV2Shape.from_instance(webhook_get(webhook_id, writer_of(request))))
