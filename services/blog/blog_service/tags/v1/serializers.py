"""Tags of v1 as documentation says them."""

from typing import Any

from rest_framework import serializers


class TagShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    posts_count = serializers.IntegerField()


class TagPageShape(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = TagShape(many=True)
