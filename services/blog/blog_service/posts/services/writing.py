"""Writes to posts. One call is one transaction with its events; other services are asked before it opens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypedDict, TypeVar
from uuid import UUID

from chassis.django.authentication import revocations
from chassis.django.prepared import insert, prepared, update
from chassis.preconditions import ANY, IfMatch
from chassis.problems import FieldError, invalid_fields
from chassis.tokens import Claims
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from blog_service.authors.services import author_ensure, authors_ensure
from blog_service.changes.services import change_note
from blog_service.counters.services import counts_change
from blog_service.home_feed.services import post_spread, post_withdraw
from blog_service.markdown import rendering
from blog_service.markdown.budget import TooComplex
from blog_service.media_refs.services import assets_ensure, assets_refresh
from blog_service.posts.access import PostNotFound, require_may_dispose, require_may_edit, require_may_publish
from blog_service.posts.co_authors import ids_of, named
from blog_service.posts.models import Post
from blog_service.posts.publication import PUBLISHING, Action
from blog_service.posts.services.authors import AuthorsEdit, co_authors_edit, co_authors_replace
from blog_service.posts.services.changes import PostRelations, changes_announce, relations_of, snapshot_of
from blog_service.posts.services.images import ImageFields, ImagesEdit, images_edit, images_replace
from blog_service.posts.services.publishing import SETTLING, Step, publication_advance
from blog_service.posts.services.revisions import revisions_keep
from blog_service.posts.services.searching import post_make_findable
from blog_service.posts.services.slugs import slug_change, slugs_bury
from blog_service.posts.services.tags import tags_replace
from blog_service.search.services import document_forget

T = TypeVar("T")

Actor = Claims | UUID
"""Whose change it is: by a token, and then it is asked under the lock whether they still may; else blog knows."""

WISHES = {True: Step(Action.PUBLISH, is_wish=True), False: Step(Action.UNPUBLISH, is_wish=True), None: SETTLING}


class PostFields(TypedDict, total=False):
    """What a writer may set. A field that is absent stays as it is."""

    title: str
    slug: str
    body: str
    summary: str
    tags: list[str]
    images: list[ImageFields]
    comments_open: bool
    authors: list[UUID]
    authors_edit: AuthorsEdit
    images_edit: ImagesEdit
    published: bool


def post_create(claims: Claims, fields: PostFields, then: Callable[[UUID], T], *, now: datetime | None = None) -> T:
    """A new post of the caller, a draft unless they say otherwise; gives what ``then`` makes of its id.

    ``then`` is called before the post is committed: what it raises undoes all, what it writes stands with the post.
    Raises Problem (400) for images and authors that cannot be and a body that is too complex.
    """
    now = now or timezone.now()
    _ask_others(fields)
    html = body_render(fields["body"]) if "body" in fields else ""
    _require_live(claims)
    with transaction.atomic():
        post = Post(author=author_ensure(claims), created_at=now, updated_at=now)
        if fields.get("published"):
            require_may_publish(claims, post.author)
        _write(post, fields, html, WISHES[fields.get("published")], actor=claims.sub, now=now)
        return then(post.id)


def post_change(  # noqa: PLR0913  named
    post_id: UUID,
    fields: PostFields,
    *,
    actor: Actor,
    if_match: IfMatch = ANY,
    now: datetime | None = None,
    then: Callable[[], object] = lambda: None,
) -> None:
    """Change what is given; without fields, publish a post that waited for images and need not any more.

    ``then`` is called before the change is committed, as in ``post_create``. Raises Problem: 404 if it is gone, 412
    if it is not as demanded, 400 for images and authors that cannot be and a body that is too complex, 409 for a
    slug that is another's; and for who may not or may no more, 403 or 404, and TokenRefused.
    """
    now = now or timezone.now()
    _ask_others(fields, post_id)
    html = body_render(fields["body"]) if "body" in fields else ""
    step = WISHES[fields.get("published")]
    _require_live(actor)
    with transaction.atomic():
        post = _locked_for(actor, post_id, fields, step, if_match)
        _write(post, fields, html, step, actor=_id_of(actor), now=now)
        then()


def post_retag(post_id: UUID, *, actor: UUID | None, now: datetime | None = None) -> None:
    """Give a post its tags as they are called by now; without ``actor`` it is its author's change.

    Raises Problem: 404 if the post is gone.
    """
    with transaction.atomic():
        post = _locked(post_id, ANY)
        _write(post, {"tags": post.tags}, "", SETTLING, actor=actor or post.author_id, now=now or timezone.now())


def post_step(post_id: UUID, step: Step, *, actor: Actor, if_match: IfMatch = ANY, now: datetime | None = None) -> None:
    """Take a step of a post's publication. Raises Problem: 404 if the post is gone, 409 if it is no step, 412.

    Also as ``post_change`` for who may not.
    """
    now = now or timezone.now()
    if step.action is Action.PUBLISH:
        assets_refresh(post_id)
    _require_live(actor)
    with transaction.atomic():
        post = _locked_for(actor, post_id, {}, step, if_match)
        _write(post, {}, "", step, actor=_id_of(actor), now=now)


def post_delete(post_id: UUID, *, actor: UUID, if_match: IfMatch = ANY) -> None:
    """Remove a post with its images; its slugs stay spent. Raises Problem: 404 if it is gone already, 412."""
    with transaction.atomic():
        post = _locked(post_id, if_match)
        before = snapshot_of(post, relations_of(post))
        post.version += 1
        changes_announce(post, before, None, actor=actor)
        counts_change(post.id, before=before.counted, after=None)
        _note(post, was_public=before.status == Post.Status.PUBLISHED, is_public=False, now=timezone.now())
        slugs_bury(post)
        document_forget(post.id)
        post.delete()


def _ask_others(fields: PostFields, post_id: UUID | None = None) -> None:
    authors_ensure(fields.get("authors", []))
    assets_ensure({image["media"] for image in fields.get("images", []) if "media" in image})
    if fields.get("published") and post_id:
        assets_refresh(post_id)


def body_render(body: str) -> str:
    """The HTML of what an author types, as a post shows it; raises Problem for what would take too much."""
    try:
        return rendering.render(body)
    except TooComplex as error:
        raise invalid_fields([FieldError("/body", "too_complex", str(error))]) from error


def _require_live(actor: Actor) -> None:
    """Raises TokenRefused for a token that ended while its request was read, or others were asked."""
    if isinstance(actor, Claims):
        revocations().tokens.require_live(actor)


def _id_of(actor: Actor) -> UUID:
    return actor.sub if isinstance(actor, Claims) else actor


@prepared
def _held(post_id: UUID) -> QuerySet[Post]:
    return Post.objects.select_for_update().filter(id=post_id)


@prepared
def _held_with_author(post_id: UUID) -> QuerySet[Post]:
    return Post.objects.select_for_update(of=("self",)).select_related("author").filter(id=post_id)


def _locked(post_id: UUID, if_match: IfMatch, held: Callable[[UUID], list[Post]] = _held) -> Post:
    found = held(post_id)
    if not found:
        raise PostNotFound
    (post,) = found
    if_match.require_version(post.version)
    return post


def _locked_for(actor: Actor, post_id: UUID, fields: PostFields, step: Step, if_match: IfMatch) -> Post:
    """Raises Problem also for who may not do this to the post, or may no more: 403, 404."""
    is_publishing = step.action in PUBLISHING
    post = _locked(post_id, ANY, held=_held_with_author if is_publishing else _held)
    if isinstance(actor, Claims):
        is_public = post.status == Post.Status.PUBLISHED
        require_may_edit(actor, post.author_id, ids_of(named(post.co_authors)), is_public=is_public)
        if "authors" in fields:
            require_may_dispose(actor, post.author_id)
        if is_publishing and not is_public:
            require_may_publish(actor, post.author)
    if_match.require_version(post.version)
    return post


def _write(  # noqa: PLR0913  all of a write is in one place
    post: Post, fields: PostFields, html: str, step: Step, *, actor: UUID, now: datetime
) -> None:
    before = None if post._state.adding else snapshot_of(post, relations_of(post))
    relations = before.relations if before else PostRelations()
    slug_change(post, title=fields.get("title", post.title), chosen=fields.get("slug"))
    if "body" in fields:
        post.body, post.html, post.excerpt = fields["body"], html, rendering.excerpt(html)
    post.summary = fields.get("summary", post.summary)
    post.comments_open = fields.get("comments_open", post.comments_open)
    if "authors" in fields:
        co_authors_replace(post, fields["authors"])
    if "authors_edit" in fields:
        co_authors_edit(post, fields["authors_edit"])
    relations = _relate(post, fields, relations)
    publication_advance(post, step, now, media_ids=relations.media_ids)
    after = snapshot_of(post, relations)
    if before and before != after:
        post.version += 1
        if before.content != after.content:
            revisions_keep(post, before.content, after.content, actor=actor)
    if before is None or before.told != after.told:
        post.updated_at = now
        changes_announce(post, before, after, actor=actor)
        was_public = before is not None and before.status == Post.Status.PUBLISHED
        _note(post, was_public=was_public, is_public=post.status == Post.Status.PUBLISHED, now=now)
    save = update if before else insert
    save(post)
    if before is None or before.content != after.content:
        post_make_findable(post)
    counted_before = before.counted if before else None
    counts_change(post.id, before=counted_before, after=after.counted)
    _spread(post, was_public=counted_before is not None)


def _note(post: Post, *, was_public: bool, is_public: bool, now: datetime) -> None:
    """For those who follow the changes of public posts: what never was public is not told of."""
    if was_public or is_public:
        change_note(post.id, is_public=is_public, version=post.version, now=now)


def _spread(post: Post, *, was_public: bool) -> None:
    """Into the home feeds and out of them; counting has the author's row held by now."""
    if post.published_at and not was_public:
        post_spread(post.id, post.author_id, post.published_at)
    elif was_public and not post.published_at:
        post_withdraw(post.id)


def _relate(post: Post, fields: PostFields, relations: PostRelations) -> PostRelations:
    if "tags" in fields:
        relations = replace(relations, tag_ids=tags_replace(post, fields["tags"], present=relations.tag_ids))
    if "images" in fields:
        relations = replace(relations, images=images_replace(post, fields["images"]))
    if "images_edit" in fields:
        relations = replace(relations, images=images_edit(post, fields["images_edit"]))
    return relations
