"""Bodies about webhooks as they come in."""

from chassis.django.bodies import BoundedListField, OneOfField, ShortTextField, StrictBody
from rest_framework import serializers

from blog_service.outbound.targets import LONGEST_URL
from blog_service.webhooks.hearing import HEARD


class WebhookBody(StrictBody):
    """``url`` is told of ``events``, of the caller's own posts; an admin's hears of all posts."""

    url = ShortTextField(max_length=LONGEST_URL)
    events = BoundedListField(child=OneOfField(HEARD), min_length=1, max_length=len(HEARD))
    active = serializers.BooleanField(required=False)


class WebhookChangesBody(WebhookBody):
    """Any part of it; what is absent stays."""

    url = ShortTextField(max_length=LONGEST_URL, required=False)
    events = BoundedListField(child=OneOfField(HEARD), min_length=1, max_length=len(HEARD), required=False)
