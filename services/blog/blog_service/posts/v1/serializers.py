"""Bodies of v1 as they come in, and the shapes that go out as documentation says them.

What goes out is made by shapes.py, which a list can afford; a test holds the two together.
"""

from typing import Any

from chassis.django.bodies import Body, BoundedListField, ShortTextField
from chassis.django.text import storable
from rest_framework import serializers

from blog_service.posts.models import PostImage

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


class AuthorShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    username = serializers.CharField()
    bio = serializers.CharField()
    avatar = serializers.URLField(allow_null=True)
    url = serializers.URLField()


class PictureLinksShape(serializers.Serializer[Any]):
    thumb = serializers.URLField()
    medium = serializers.URLField()
    large = serializers.URLField()


class ImageShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    media = serializers.UUIDField()
    caption = serializers.CharField()
    alt = serializers.CharField()
    position = serializers.IntegerField()
    state = serializers.ChoiceField(PostImage.State.choices)
    urls = PictureLinksShape()


class PostInListShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.URLField()
    slug = serializers.CharField()
    title = serializers.CharField()
    excerpt = serializers.CharField()
    author = AuthorShape()
    tags = serializers.ListField(child=serializers.CharField())
    images = ImageShape(many=True)
    published = serializers.BooleanField()
    published_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    favourites_count = serializers.IntegerField()
    comments_count = serializers.IntegerField()
    favourited = serializers.BooleanField()
    waiting_for = serializers.ListField(
        child=serializers.UUIDField(), required=False, help_text="images a requested publication waits for"
    )


class PostShape(PostInListShape):
    body = serializers.CharField()
    html = serializers.CharField()


class PostPageShape(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = PostInListShape(many=True)
