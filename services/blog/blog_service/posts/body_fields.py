"""Fields of a post as they come in, which both versions read alike."""

from typing import Any

from chassis.django.text import storable
from rest_framework import serializers

BODY_BYTES = 1024 * 1024
MOST = 50
"""Tags, and images."""
MOST_AUTHORS = 10


class MarkdownField(serializers.CharField):
    """What an author types: kept as it is, within BODY_BYTES."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_blank=True, trim_whitespace=False, **options)
        self.validators = [storable]  # REST framework's own refuse less, and look at each character in Python

    def to_internal_value(self, data: Any) -> str:
        body: str = super().to_internal_value(data)
        if len(body.encode("utf-8", "surrogatepass")) > BODY_BYTES:
            raise serializers.ValidationError(f"Ensure this field has no more than {BODY_BYTES} bytes.", "max_length")
        return body
