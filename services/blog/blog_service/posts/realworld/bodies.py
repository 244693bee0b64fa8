"""Bodies of posts in RealWorld's dialect."""

from typing import Any

from chassis.django.bodies import Body, BoundedListField, PartialBody, ShortTextField, read

from blog_service.posts.body_fields import MOST, MarkdownField
from blog_service.posts.services.writing import PostFields

_NAMES = {"title": "title", "description": "summary", "body": "body", "tagList": "tags"}


class FilledMarkdownField(MarkdownField):
    """Markdown that is not empty, as the dialect has it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.allow_blank = False


class ArticleFields(Body):
    title = ShortTextField(max_length=200)
    description = ShortTextField(max_length=500)
    body = FilledMarkdownField()
    tagList = BoundedListField(child=ShortTextField(max_length=50), max_length=MOST, required=False)  # noqa: N815


class ArticleChangesFields(PartialBody, ArticleFields):
    """Any part of a post; what is absent stays."""


class ArticleBody(Body):
    article = ArticleFields()


class ArticleChangesBody(Body):
    article = ArticleChangesFields()


def fields_read(body: type[Body], data: Any) -> PostFields:
    """The fields of a post that were sent; raises ValidationError."""
    sent = read(body, data)["article"]
    fields: Any = {_NAMES[name]: value for name, value in sent.items()}
    return fields  # type: ignore[no-any-return]
