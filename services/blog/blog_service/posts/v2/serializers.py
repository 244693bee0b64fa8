"""Posts of v2 as documentation says them; shapes.py makes them, and a test holds the two together."""

from typing import Any

from rest_framework import serializers

from blog_service.posts.models import Post, PostImage


class AuthorV2Shape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    username = serializers.CharField()
    avatar = serializers.URLField(allow_null=True)


class ImageV2Shape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    media_id = serializers.UUIDField()
    caption = serializers.CharField()
    alt = serializers.CharField()
    position = serializers.IntegerField()
    state = serializers.ChoiceField(PostImage.State.choices)
    urls = serializers.DictField(child=serializers.URLField(), help_text="by preset; empty until confirmed")


class CountsV2Shape(serializers.Serializer[Any]):
    favourites = serializers.IntegerField()
    comments = serializers.IntegerField()


class LinksV2Shape(serializers.Serializer[Any]):
    self = serializers.URLField()
    html = serializers.URLField(allow_null=True, help_text="null as long as there is no page for people")


class PostInListV2Shape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    status = serializers.ChoiceField(Post.Status.choices)
    title = serializers.CharField()
    summary = serializers.CharField()
    author = AuthorV2Shape()
    tags = serializers.ListField(child=serializers.CharField())
    images = ImageV2Shape(many=True)
    revision = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    scheduled_for = serializers.DateTimeField(allow_null=True)
    counts = CountsV2Shape()
    links = LinksV2Shape()


class PostV2Shape(PostInListV2Shape):
    body = serializers.CharField()
    html = serializers.CharField()


class PostsV2Shape(serializers.Serializer[Any]):
    items = PostInListV2Shape(many=True)
    next_cursor = serializers.CharField(allow_null=True)
