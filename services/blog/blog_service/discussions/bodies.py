"""Bodies of comments and reports as they come in."""

from chassis.django.bodies import Body, ShortTextField, StrictBody
from chassis.django.text import storable
from rest_framework import serializers

LONGEST = 10_000


class CommentField(serializers.CharField):
    """What a reader types, in Markdown."""

    default_validators = [storable]


class CommentBody(Body):
    body = CommentField(max_length=LONGEST)
    parent = serializers.UUIDField(  # type: ignore[assignment]  # a field's own parent is another thing
        required=False, allow_null=True, help_text="the comment that this replies to"
    )


class CommentV2Body(StrictBody):
    body = CommentField(max_length=LONGEST)
    parent_id = serializers.UUIDField(required=False, allow_null=True, help_text="the comment that this replies to")


class CommentChangesBody(StrictBody):
    body = CommentField(max_length=LONGEST)


class ReportBody(StrictBody):
    reason = ShortTextField(max_length=500)
