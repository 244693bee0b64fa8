"""What others learn about posts. Each carries the whole public state, so one of them is as good as all."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field

POST = UUID("01900000-0000-7000-8000-000000000201")
AUTHOR = UUID("01900000-0000-7000-8000-0000000000a1")
PICTURE = UUID("01900000-0000-7000-8000-000000000101")


class PostState(EventData):
    """A post as it is now."""

    post_id: UUID = Field(examples=[POST])
    author_id: UUID = Field(examples=[AUTHOR])
    co_author_ids: list[UUID] = Field(default=[], description="who else is shown as its author", examples=[[]])
    slug: str = Field(examples=["first-light"])
    tags: list[str] = Field(examples=[["photography", "walking"]])
    version: int = Field(description="counts the changes of the post", examples=[3])


@event("blog.post.created.v1", aggregate="post", id_field="post_id", optional_subscribers=True)
class PostCreated(PostState):
    """A post came into being."""


@event("blog.post.updated.v1", aggregate="post", id_field="post_id", optional_subscribers=True)
class PostUpdated(PostState):
    """A post's content changed."""


@event("blog.post.deleted.v1", aggregate="post", id_field="post_id", optional_subscribers=True)
class PostDeleted(PostState):
    """A post is gone for good."""


@event("blog.post.published.v1", aggregate="post", id_field="post_id", optional_subscribers=True)
class PostPublished(PostState):
    """A post can be read by everyone."""


@event("blog.post.unpublished.v1", aggregate="post", id_field="post_id", optional_subscribers=True)
class PostUnpublished(PostState):
    """A post can no longer be read by everyone: it is a draft again, or archived."""


@event("blog.post.slug_changed.v1", aggregate="post", id_field="post_id", optional_subscribers=True)
class PostSlugChanged(PostState):
    """A post is found under another slug; the previous one redirects."""

    previous_slug: str = Field(examples=["untitled"])


@event("blog.media_refs.changed.v1", aggregate="post", id_field="object_id")
class MediaRefsChanged(EventData):
    """The pictures an object uses are now exactly these."""

    object_type: str = Field(examples=["post"])
    object_id: UUID = Field(examples=[POST])
    media_ids: list[UUID] = Field(examples=[[PICTURE]])
    author_id: UUID | None = Field(
        None, description="whose the object is: pictures of others are not used by it", examples=[AUTHOR]
    )


@event("blog.shown.changed.v1", aggregate="shown", id_field="shown_id", optional_subscribers=True)
class ShownChanged(EventData):
    """Posts show an author or a picture otherwise than before, though they have not changed themselves."""

    shown_id: UUID = Field(description="the author's, or the picture's", examples=[AUTHOR])
