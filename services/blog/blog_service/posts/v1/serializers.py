"""Bodies of v1 as they come in."""

from chassis.django.bodies import Body, BoundedListField, ShortTextField
from rest_framework import serializers

from blog_service.posts.body_fields import MOST, MarkdownField


class ImageBody(Body):
    media = serializers.UUIDField()
    caption = ShortTextField(required=False, allow_blank=True, max_length=1000)
    alt = ShortTextField(required=False, allow_blank=True, max_length=1000)


class PostBody(Body):
    """A whole post. A field left out stays what it is, or what new posts have."""

    title = ShortTextField(max_length=200)
    body = MarkdownField()
    tags = BoundedListField(child=ShortTextField(max_length=50), max_length=MOST, required=False)
    images = ImageBody(many=True, max_length=MOST, required=False)  # type: ignore[call-arg]
    comments_open = serializers.BooleanField(required=False)
    published = serializers.BooleanField(required=False)


class PostChangesBody(PostBody):
    """Any part of a post. (``partial=True`` would let images without media through.)"""

    title = ShortTextField(max_length=200, required=False)
    body = MarkdownField(required=False)
