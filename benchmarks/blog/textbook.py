"""The same API as a textbook has it: models, nested serializers, a ModelViewSet and a paginator of REST framework.

It reads blog's own tables, so the data is the same, and answers with the same parts of posts. ``naive`` leaves each
relation to the serializers, ``optimised`` reads them by ``select_related`` and ``prefetch_related``. ``application``
is for gunicorn; TEXTBOOK_DATABASE_URL says where the tables are.
"""

# mypy: disable-error-code="var-annotated"
# ruff: noqa: DJ008  nobody prints these models, and mypy knows fields by a plugin that is not of this run

import os
from typing import Any, ClassVar

import django
from chassis.django.settings import database
from django.apps import AppConfig
from django.conf import settings


def _database(url: str) -> dict[str, Any]:
    """With the connections kept, as every guide to Django in production says, and not looked at before use."""
    kept = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False, "OPTIONS": {}}
    return database(url, "TEXTBOOK_DATABASE_URL") | kept


class Textbook(AppConfig):
    name, label = "benchmarks.blog", "textbook"


settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": _database(os.environ["TEXTBOOK_DATABASE_URL"])},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework", f"{__name__}.Textbook"],
    MIDDLEWARE=[  # those of `startproject` that an API needs
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "PAGE_SIZE": 20,
    },
    ROOT_URLCONF=__name__,
    TIME_ZONE="UTC",
    USE_TZ=True,
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402  settings are there now
from django.db import models  # noqa: E402
from django.urls import include, path  # noqa: E402
from rest_framework import routers, serializers, viewsets  # noqa: E402


class Author(models.Model):
    id = models.UUIDField(primary_key=True)
    username = models.CharField(max_length=150)
    bio = models.TextField()
    avatar = models.UUIDField(null=True)

    class Meta:
        app_label, managed, db_table = "textbook", False, "authors_author"


class Tag(models.Model):
    name = models.CharField(max_length=50)

    class Meta:
        app_label, managed, db_table = "textbook", False, "tags_tag"


class Post(models.Model):
    id = models.UUIDField(primary_key=True)
    author = models.ForeignKey(Author, models.PROTECT)
    title = models.CharField(max_length=200)
    slug = models.CharField(max_length=100)
    body = models.TextField()
    html = models.TextField()
    excerpt = models.CharField(max_length=250)
    status = models.CharField(max_length=10)
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField()
    comments_open = models.BooleanField()
    tagged = models.ManyToManyField(Tag, through="PostTag")

    class Meta:
        app_label, managed, db_table = "textbook", False, "posts_post"


class PostTag(models.Model):
    post = models.ForeignKey(Post, models.CASCADE)
    tag = models.ForeignKey(Tag, models.CASCADE)

    class Meta:
        app_label, managed, db_table = "textbook", False, "posts_posttag"


class Image(models.Model):
    id = models.UUIDField(primary_key=True)
    post = models.ForeignKey(Post, models.CASCADE, related_name="images")
    asset_id = models.UUIDField()
    caption = models.CharField(max_length=1000)
    alt = models.CharField(max_length=1000)
    position = models.PositiveSmallIntegerField()

    class Meta:
        app_label, managed, db_table = "textbook", False, "posts_postimage"


class Counts(models.Model):
    post = models.OneToOneField(Post, models.CASCADE, primary_key=True)
    favourites = models.BigIntegerField()
    comments = models.BigIntegerField()

    class Meta:
        app_label, managed, db_table = "textbook", False, "counters_postcounts"


class AuthorSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    class Meta:
        model = Author
        fields = ("id", "username", "bio", "avatar")


class ImageSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    class Meta:
        model = Image
        fields = ("id", "asset_id", "caption", "alt", "position")


class PostInListSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    author = AuthorSerializer()
    tags: Any = serializers.SlugRelatedField("name", source="tagged", many=True, read_only=True)
    images = ImageSerializer(many=True)
    favourites_count: Any = serializers.IntegerField(source="counts.favourites", default=0)
    comments_count: Any = serializers.IntegerField(source="counts.comments", default=0)

    class Meta:
        model = Post
        fields: ClassVar[tuple[str, ...]] = (
            *("id", "slug", "title", "excerpt", "author", "tags", "images", "status", "published_at", "created_at"),
            *("updated_at", "version", "favourites_count", "comments_count", "comments_open"),
        )


class PostSerializer(PostInListSerializer):
    class Meta(PostInListSerializer.Meta):
        fields = (*PostInListSerializer.Meta.fields, "body", "html")


class NaivePosts(viewsets.ModelViewSet):  # type: ignore[type-arg]
    queryset = Post.objects.filter(status="published").order_by("-published_at", "-id")
    lookup_field = "slug"

    def get_serializer_class(self) -> type[PostInListSerializer]:
        return PostInListSerializer if self.action == "list" else PostSerializer


class OptimisedPosts(NaivePosts):
    queryset = NaivePosts.queryset.select_related("author", "counts").prefetch_related("tagged", "images")


def _routes(view: type[NaivePosts]) -> Any:
    router = routers.SimpleRouter()
    router.register("posts", view)
    return include(router.urls)


urlpatterns = [path("naive/", _routes(NaivePosts)), path("optimised/", _routes(OptimisedPosts))]
application = get_wsgi_application()
