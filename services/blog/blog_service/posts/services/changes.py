"""What a write did to a post, and who is told of it."""

from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from chassis.django.prepared import prepared
from chassis.events.databases.django import publish
from chassis.events.types import EventData
from django.db.models import QuerySet

from blog_service.counters.services import Counted
from blog_service.posts.co_authors import CoAuthor, named
from blog_service.posts.events import (
    MediaRefsChanged,
    PostCreated,
    PostDeleted,
    PostSlugChanged,
    PostState,
    PostUpdated,
)
from blog_service.posts.models import Post, PostImage, PostTag
from blog_service.posts.publication import event_between
from blog_service.posts.services.images import ImageTexts
from blog_service.posts.services.shown import shown_changed


@dataclass(frozen=True, slots=True)
class PostRelations:
    """What belongs to a post in other tables: its tags and its images.

    Read once a write and handed on: a new post has none, and who replaces them knows what they are then.
    """

    tag_ids: frozenset[int] = frozenset()
    images: ImageTexts = ()

    @property
    def media_ids(self) -> list[UUID]:
        return [asset_id for asset_id, _, _ in self.images]


class PostContent(NamedTuple):
    """The words of a post."""

    title: str
    body: str
    summary: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostSnapshot:
    """All of a post that its writers see; two that are equal mean nothing happened."""

    content: PostContent
    slug: str
    status: str
    comments_open: bool
    author_id: UUID
    co_authors: tuple[CoAuthor, ...]
    relations: PostRelations

    @property
    def counted(self) -> Counted | None:
        """The tags and authors that the post counts for, None while it counts for nothing."""
        if self.status != Post.Status.PUBLISHED:
            return None
        return Counted(self.relations.tag_ids, frozenset([self.author_id, *self.co_author_ids]))

    @property
    def told(self) -> "PostSnapshot":
        """What others hear of as well: not of who is named and has not accepted."""
        return replace(self, co_authors=tuple(each for each in self.co_authors if each.accepted))

    @property
    def co_author_ids(self) -> list[UUID]:
        """The co-authors who have accepted."""
        return [each.id for each in self.co_authors if each.accepted]


def relations_of(post: Post) -> PostRelations:
    """The relations that the database has of a post, which itself may still have to be saved."""
    tag_ids = frozenset(tag_id for (tag_id,) in _tag_ids_of(post.id))
    return PostRelations(tag_ids=tag_ids, images=tuple(_image_texts_of(post.id)))


def snapshot_of(post: Post, relations: PostRelations) -> PostSnapshot:
    """The post as it is now, saved or about to be."""
    return PostSnapshot(
        content=PostContent(post.title, post.body, post.summary, tuple(post.tags)),
        slug=post.slug,
        status=post.status,
        comments_open=post.comments_open,
        author_id=post.author_id,
        co_authors=named(post.co_authors),
        relations=relations,
    )


def changes_announce(post: Post, before: PostSnapshot | None, after: PostSnapshot | None, *, actor: UUID) -> None:
    """Publish what lies between two snapshots; None stands for a post that is not there yet or no more.

    What caches keep of its author they forget with the post, of a co-author when the post begins or ends to count.
    """
    shown = after or before
    assert shown
    state = {
        "post_id": post.id,
        "author_id": post.author_id,
        "co_author_ids": shown.co_author_ids,
        "slug": shown.slug,
        "tags": post.tags,
        "version": post.version,
    }
    events: list[EventData] = [happened(**state) for happened in _happened(before, after)]
    if before and after and before.slug != after.slug:
        events.append(PostSlugChanged(**state, previous_slug=before.slug))
    media_ids = after.relations.media_ids if after else []
    if set(media_ids) != set(before.relations.media_ids if before else []):
        events.append(
            MediaRefsChanged(object_type="post", object_id=post.id, media_ids=media_ids, author_id=post.author_id)
        )
    for event in events:
        post.event_sequence += 1
        publish(event, sequence=post.event_sequence, actor=actor)
    for author_id in sorted((_counted_for(before) ^ _counted_for(after)) - {post.author_id}):
        shown_changed(author_id)


@prepared
def _tag_ids_of(post_id: UUID) -> "QuerySet[PostTag, tuple[int]]":
    return PostTag.objects.filter(post_id=post_id).values_list("tag_id")


@prepared
def _image_texts_of(post_id: UUID) -> "QuerySet[PostImage, tuple[UUID, str, str]]":
    return PostImage.objects.filter(post_id=post_id).order_by("position").values_list("asset_id", "caption", "alt")


def _counted_for(post: PostSnapshot | None) -> frozenset[UUID]:
    return post.counted.author_ids if post and post.counted else frozenset()


def _happened(before: PostSnapshot | None, after: PostSnapshot | None) -> list[type[PostState]]:
    if after is None:
        return [PostDeleted]
    step = event_between(before.status if before else Post.Status.DRAFT, after.status)
    return [*_written(before, after), step] if step else _written(before, after)


def _written(before: PostSnapshot | None, after: PostSnapshot) -> list[type[PostState]]:
    if before is None:
        return [PostCreated]
    return [PostUpdated] if _seen(before) != _seen(after) else []


def _seen(post: PostSnapshot) -> tuple[PostContent, ImageTexts, bool, list[UUID]]:
    """What readers see of a post, beside where it stands."""
    return post.content, post.relations.images, post.comments_open, post.co_author_ids
