"""Bodies of v1 as they come in."""

from typing import Any

from chassis.django.bodies import Body, BoundedListField, ShortTextField
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from blog_service.posts.body_fields import MOST, MarkdownField
from blog_service.sent_pictures.files import SentFile, file_of_data_uri

SOURCES = ("media", "file", "id")


@extend_schema_field({"type": "string"})
class PictureField(serializers.Field[SentFile, Any, str, Any]):
    """A file of a form, or a ``data:`` URI in base64; never an address to fetch it from."""

    def to_internal_value(self, data: Any) -> SentFile:
        if isinstance(data, SentFile):
            return data
        try:
            file = file_of_data_uri(data if isinstance(data, str) else "")
        except ValueError as error:
            raise serializers.ValidationError(str(error), "invalid") from error
        if not file.size:
            raise serializers.ValidationError("The submitted file is empty.", "empty")
        return file


class CaptionBody(Body):
    caption = ShortTextField(required=False, allow_blank=True, max_length=1000)
    alt = ShortTextField(required=False, allow_blank=True, max_length=1000)


class NewImageBody(CaptionBody):
    """A picture that is in media, or the file itself."""

    media = serializers.UUIDField(required=False)
    file = PictureField(required=False, help_text="a data: URI in base64; in a form the file")

    def validate(self, attrs: Any) -> Any:
        given = [name for name in SOURCES if name in attrs]
        if not given:
            raise serializers.ValidationError({"media": ["This field is required."]}, "required")
        if len(given) > 1:
            only = f"Send this, or {given[0]}."
            raise serializers.ValidationError({name: [only] for name in given[1:]}, "conflicting")
        return attrs


class ImageBody(NewImageBody):
    """One of the pictures of a post: a new one, or by its ``id`` one that is there."""

    id = serializers.UUIDField(required=False, help_text="of an image of this post")


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
