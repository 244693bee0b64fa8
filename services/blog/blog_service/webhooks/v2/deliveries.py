"""What was sent to a webhook, in version 2."""

from uuid import UUID

from chassis.django.lists import documented, query_of, rows_on
from chassis.lists import CURSOR, cursor_page
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.callers import writer_of
from blog_service.webhooks.selectors import NEWEST_FIRST, deliveries_of, webhook_get
from blog_service.webhooks.services.telling import delivery_again, webhook_ping
from blog_service.webhooks.v2.shapes import DeliveriesV2Shape, DeliveryV2Shape

COLUMNS = DeliveryV2Shape.columns()
INACTIVE = OpenApiResponse(description="nothing is sent to it (`webhook_inactive`)")


class Deliveries(APIView):
    @extend_schema(parameters=documented(CURSOR), responses=DeliveriesV2Shape)
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """What a webhook was sent and is to be sent, newest first, for two weeks."""
        page = cursor_page(query_of(request, CURSOR), NEWEST_FIRST)
        deliveries = deliveries_of(webhook_get(webhook_id, writer_of(request)))
        rows, next_cursor = page.split(list(rows_on(page, deliveries).values(*COLUMNS)), lambda row: (row["id"],))
        return Response({"items": list(map(DeliveryV2Shape.from_row, rows)), "next_cursor": next_cursor})


class Redeliver(APIView):
    @extend_schema(request=None, responses={202: DeliveryV2Shape, 409: INACTIVE})
    def post(self, request: Request, webhook_id: UUID, delivery_id: UUID) -> Response:
        """Send it again, under the same `webhook-id`."""
        webhook = webhook_get(webhook_id, writer_of(request))
        delivery = delivery_again(webhook, delivery_id, now=timezone.now())
        return Response(DeliveryV2Shape.from_instance(delivery), status=202)


class Ping(APIView):
    @extend_schema(request=None, responses={202: DeliveryV2Shape, 409: INACTIVE})
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Send a `blog.webhook.ping.v1`, to see whether it is taken."""
        webhook = webhook_get(webhook_id, writer_of(request))
        return Response(DeliveryV2Shape.from_instance(webhook_ping(webhook, now=timezone.now())), status=202)
