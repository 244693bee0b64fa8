"""How v2 shows posts."""

from uuid import UUID

from chassis.django.shapes import Moment, Shape, Url, constant, source
from msgspec import UnsetType

from blog_service.counters.selectors import count_shown
from blog_service.links import avatar_link, picture_links, post_link_v2, post_page_link
from blog_service.posts.models import Post, PostImage
from blog_service.posts.waiting import images_waited_for


def _confirmed_links(media: UUID, state: str) -> dict[str, Url]:
    return picture_links(media) if state == PostImage.State.CONFIRMED else {}


def _page_of(slug: str, status: str) -> Url | None:
    return post_page_link(slug) if status == Post.Status.PUBLISHED else None


class AuthorV2Shape(Shape):
    id: UUID
    username: str
    avatar: Url | None = source("avatar", through=avatar_link)


class AuthorOfPostV2Shape(AuthorV2Shape):
    accepted: bool = source("accepted", description="false only for those who may edit the post: not shown to readers")


class ImageV2Shape(Shape):
    id: UUID
    media_id: UUID = source("media")
    caption: str
    alt: str
    position: int
    width: int | None = source("width", description="pixels; null while blog has not heard of it")
    height: int | None
    state: PostImage.State
    reason: str | None = source(
        "reason", description="why it is rejected, for those who may edit the post: `failed`, `removed`, `foreign`"
    )
    urls: dict[str, Url] = source(
        "media", "state", through=_confirmed_links, description="by preset; empty until confirmed"
    )


class CountsV2Shape(Shape):
    favourites: int = source("counts__favourites", through=count_shown)
    comments: int = source("counts__comments", through=count_shown)


class LinksV2Shape(Shape):
    self: Url = source("id", through=post_link_v2)
    html: Url | None = source(
        "slug", "status", through=_page_of, description="the page for people; null unless it is published"
    )


class PostInListV2Shape(Shape):
    id: UUID
    slug: str
    status: Post.Status
    title: str
    summary: str = source(
        "summary",
        "excerpt",
        through=lambda summary, excerpt: summary or excerpt,
        description="else how the body begins",
    )
    author: AuthorV2Shape
    authors: list[AuthorOfPostV2Shape] = source("authors", description="who began the post, then its co-authors")
    tags: list[str]
    images: list[ImageV2Shape]
    revision: int = source("version")
    created_at: Moment
    updated_at: Moment
    published_at: Moment | None
    scheduled_for: Moment | None
    counts: CountsV2Shape = source("*")
    favourited: bool
    comments_open: bool
    links: LinksV2Shape = source("*")
    waiting_for: list[UUID] | UnsetType = source(
        "publish_requested",
        "images",
        through=images_waited_for,
        description="images a requested publication waits for",
    )


class PostV2Shape(PostInListV2Shape):
    body: str
    html: str


class PreviewedPostV2Shape(PostV2Shape):
    preview: bool = constant(True)


class PreviewV2Shape(Shape):
    id: UUID
    created_at: Moment
    expires_at: Moment


class NewPreviewV2Shape(PreviewV2Shape):
    url: Url | None = source(description="null where an answer is repeated for its Idempotency-Key")


class PreviewsV2Shape(Shape):
    items: list[PreviewV2Shape]


class RenderedV2Shape(Shape):
    html: str
    excerpt: str


class AuthorIncludedV2Shape(AuthorV2Shape):
    bio: str
    posts_count: int


class IncludedAuthorV2Shape(Shape):
    """The part of a post that is another with ``include=author``."""

    author: AuthorIncludedV2Shape


class PostsV2Shape(Shape):
    items: list[PostInListV2Shape]
    next_cursor: str | None


class EditorV2Shape(Shape):
    id: UUID = source("editor_id")
    username: str | None = source("username", description="null for an editor who has written nothing here")


class RevisionInListV2Shape(Shape):
    number: int = source("number", description="the post's `revision` from which on it said this")
    created_at: Moment
    author: EditorV2Shape = source("*", description="who changed it")
    title: str


class RevisionV2Shape(RevisionInListV2Shape):
    body: str
    summary: str
    tags: list[str]


class RevisionsV2Shape(Shape):
    items: list[RevisionInListV2Shape]
    next_cursor: str | None


class HighlightsV2Shape(Shape):
    """HTML: what was looked for is in `<mark>`, all else is escaped."""

    title: str
    body: str = source("body", description="of the body, around the first word that was looked for")


class HitV2Shape(Shape):
    post: PostInListV2Shape
    score: float = source("score", description="how well it fits, to be compared within one search alone")
    highlights: HighlightsV2Shape


class SearchV2Shape(Shape):
    items: list[HitV2Shape]
    next_cursor: str | None
