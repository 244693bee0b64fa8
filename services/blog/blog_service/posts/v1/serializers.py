"""Bodies of v1 as they come in."""

from chassis.django.bodies import Body, BoundedListField, ShortTextField
from chassis.django.text import storable
from rest_framework import serializers

BODY_BYTES = 1024 * 1024
MOST = 50


class ImageBody(Body):
    media = serializers.UUIDField()
    caption = ShortTextField(required=False, allow_blank=True, max_length=1000)
    alt = ShortTextField(required=False, allow_blank=True, max_length=1000)


class PostBody(Body):
    """A whole post. A field left out stays what it is, or what new posts have."""

    title = ShortTextField(max_length=200)
    body = serializers.CharField(allow_blank=True, trim_whitespace=False, validators=[storable])
    tags = BoundedListField(child=ShortTextField(max_length=50), max_length=MOST, required=False)
    images = ImageBody(many=True, max_length=MOST, required=False)  # type: ignore[call-arg]
    published = serializers.BooleanField(required=False)

    def validate_body(self, body: str) -> str:
        if len(body.encode()) > BODY_BYTES:
            raise serializers.ValidationError(f"Ensure this field has no more than {BODY_BYTES} bytes.", "max_length")
        return body


class PostChangesBody(PostBody):
    """Any part of a post. (``partial=True`` would let images without media through.)"""

    title = ShortTextField(max_length=200, required=False)
    body = serializers.CharField(allow_blank=True, trim_whitespace=False, required=False, validators=[storable])
