"""How RealWorld's dialect shows comments."""

from datetime import datetime

from chassis.clock import format_timestamp
from chassis.django.shapes import Moment, Shape, source

from blog_service.authors.realworld.shapes import OF_AUTHOR, RealWorldProfileShape, profile_shape
from blog_service.comments.realworld.numbers import number_of


def _updated(created_at: datetime, edited_at: datetime | None) -> str:
    return format_timestamp(edited_at or created_at)


class RealWorldCommentShape(Shape):
    id: int = source("id", through=number_of)
    createdAt: Moment = source("created_at")  # noqa: N815  the dialect's
    updatedAt: Moment = source("created_at", "edited_at", through=_updated)  # noqa: N815
    body: str
    author: RealWorldProfileShape = source(*OF_AUTHOR, through=profile_shape)


class RealWorldCommentAnswer(Shape):
    comment: RealWorldCommentShape


class RealWorldCommentsAnswer(Shape):
    comments: list[RealWorldCommentShape]
