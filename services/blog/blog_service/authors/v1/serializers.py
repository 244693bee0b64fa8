"""Authors of v1 as they go out."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from blog_service.authors.models import Author
from blog_service.links import author_link, avatar_link


class AuthorSerializer(serializers.ModelSerializer[Author]):
    """An author; nobody can follow one yet, so the count is 0 and the answer no."""

    avatar = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    posts_count = serializers.IntegerField(read_only=True)  # undeclared, the contract would show the database's range
    followers_count = serializers.IntegerField(read_only=True, default=0)
    following = serializers.BooleanField(read_only=True, default=False)

    class Meta:
        model = Author
        fields = ["id", "username", "bio", "avatar", "url", "posts_count", "followers_count", "following"]

    @extend_schema_field({"type": ["string", "null"], "format": "uri"})
    def get_avatar(self, author: Author) -> str | None:
        return avatar_link(author.avatar)

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, author: Author) -> str:
        return author_link(author.username)
