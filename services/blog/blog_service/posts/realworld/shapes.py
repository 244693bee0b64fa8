"""How RealWorld's dialect shows posts, which are articles there."""

from chassis.django.shapes import Moment, Shape, source

from blog_service.authors.realworld.shapes import OF_AUTHOR, RealWorldProfileShape, profile_shape
from blog_service.counters.selectors import count_shown


def _description(summary: str, excerpt: str) -> str:
    return summary or excerpt


class RealWorldListedShape(Shape):
    """A post in a list."""

    slug: str
    title: str
    description: str = source("summary", "excerpt", through=_description)
    tagList: list[str] = source("tags", through=sorted)  # noqa: N815  the dialect's, as its tests have them
    createdAt: Moment = source("created_at")  # noqa: N815
    updatedAt: Moment = source("updated_at")  # noqa: N815
    favorited: bool = source("favourited")
    favoritesCount: int = source("counts__favourites", through=count_shown)  # noqa: N815
    author: RealWorldProfileShape = source(*OF_AUTHOR, through=profile_shape)


class RealWorldArticleShape(RealWorldListedShape):
    body: str


class RealWorldArticleAnswer(Shape):
    article: RealWorldArticleShape


class RealWorldArticlesAnswer(Shape):
    articles: list[RealWorldListedShape]
    articlesCount: int  # noqa: N815
