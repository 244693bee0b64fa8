"""How v1 shows posts."""

from uuid import UUID

from chassis.django.shapes import Moment, Shape, Url, source
from msgspec import UnsetType

from blog_service.authors.v1.shapes import AuthorShape
from blog_service.counters.selectors import count_shown
from blog_service.links import picture_links, post_link
from blog_service.posts.models import Post, PostImage
from blog_service.posts.waiting import images_waited_for


def _is_published(status: str) -> bool:
    return status == Post.Status.PUBLISHED


class PictureLinksShape(Shape):
    thumb: Url
    medium: Url
    large: Url


class ImageShape(Shape):
    id: UUID
    media: UUID
    caption: str
    alt: str
    position: int
    state: PostImage.State
    reason: str | None = source(
        "reason", description="why it is rejected, for those who may edit the post: `failed`, `removed`, `foreign`"
    )
    urls: PictureLinksShape = source("media", through=lambda media: PictureLinksShape(**picture_links(media)))


class ImagePageShape(Shape):
    count: int
    next: Url | None
    previous: Url | None
    results: list[ImageShape]


class AuthorOfPostShape(AuthorShape):
    accepted: bool = source("accepted", description="false only for those who may edit the post: not shown to readers")


class PostInListShape(Shape):
    id: UUID
    url: Url = source("slug", through=post_link)
    slug: str
    title: str
    excerpt: str
    author: AuthorShape
    authors: list[AuthorOfPostShape] = source("authors", description="who began the post, then its co-authors")
    tags: list[str]
    images: list[ImageShape]
    published: bool = source("status", through=_is_published)
    published_at: Moment | None
    created_at: Moment
    updated_at: Moment
    version: int
    favourites_count: int = source("counts__favourites", through=count_shown)
    comments_count: int = source("counts__comments", through=count_shown)
    comments_open: bool
    favourited: bool
    waiting_for: list[UUID] | UnsetType = source(
        "publish_requested",
        "images",
        through=images_waited_for,
        description="images a requested publication waits for",
    )


class PostShape(PostInListShape):
    body: str
    html: str


class HighlightsShape(Shape):
    """HTML: what was looked for is in `<mark>`, all else is escaped."""

    title: str
    excerpt: str = source("excerpt", description="of the body, around the first word that was looked for")


class FoundPostShape(PostInListShape):
    highlights: HighlightsShape | UnsetType = source("highlights", description="with `q`")


class PostPageShape(Shape):
    count: int
    next: Url | None
    previous: Url | None
    results: list[FoundPostShape]


class MonthShape(Shape):
    year: int
    month: int
    count: int


class ArchiveShape(Shape):
    results: list[MonthShape]
