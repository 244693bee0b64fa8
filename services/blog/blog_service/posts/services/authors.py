"""Who else is an author of a post: named by who began it or an editor, shown once they have accepted."""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from chassis.problems import FieldError, Problem, invalid_fields

from blog_service.authors.models import Author
from blog_service.authors.services import author_hold
from blog_service.posts.access import PostNotFound
from blog_service.posts.co_authors import MOST, CoAuthor, kept, named
from blog_service.posts.models import CoAuthorship, Post
from blog_service.posts.services.previews import previews_end_unentitled

AuthorsEdit = Callable[[Sequence[CoAuthor]], Sequence[CoAuthor]]
"""From the co-authors that a post has to those that it is to have."""


def co_authors_replace(post: Post, wanted: Sequence[UUID]) -> None:
    """Make these the authors of the post, in this order. Who is there stays as they are, others have to accept.

    Raises Problem (400) where the first is not who began it, and for those who cannot be.
    """
    if wanted[:1] != [post.author_id]:
        pointer = "/authors/0/id" if wanted else "/authors"
        raise invalid_fields([FieldError(pointer, "not_the_author", "Who began the post comes first.")])
    co_authors_edit(post, lambda present: _as_they_are(wanted[1:], present))


def co_authors_edit(post: Post, edit: AuthorsEdit) -> None:
    """Replace the co-authors by what ``edit`` makes of them; raises Problem (400) for those who cannot be."""
    present = {each.id: each for each in named(post.co_authors)}
    wanted = edit(list(present.values()))
    _refuse_strange(post, wanted, present.keys())
    post.co_authors = kept(wanted)
    rows = CoAuthorship.objects.filter(post_id=post.id)
    rows.exclude(author_id__in=[each.id for each in wanted]).delete()
    for left in present.keys() - {each.id for each in wanted}:
        previews_end_unentitled(left, post.id)
    for each in wanted:
        if each != present.get(each.id):
            rows.update_or_create(post_id=post.id, author_id=each.id, defaults={"accepted": each.accepted})


def accepting(author_id: UUID) -> AuthorsEdit:
    """The author accepts to be one; raises Problem: 404 who is not named, 409 for one post too many."""

    def accepted(present: Sequence[CoAuthor]) -> Sequence[CoAuthor]:
        _require(author_id, present)
        author_hold(author_id)  # of two posts at once the second sees the first
        is_new = CoAuthor(author_id, accepted=False) in present
        if is_new and CoAuthorship.objects.filter(author_id=author_id, accepted=True).count() >= MOST:
            raise Problem(409, "co_authored_too_many", f"Nobody is a co-author of more than {MOST} posts.")
        return [CoAuthor(each.id, accepted=each.accepted or each.id == author_id) for each in present]

    return accepted


def leaving(author_id: UUID) -> AuthorsEdit:
    """The author is one no more; raises Problem (404) if they are not named."""

    def left(present: Sequence[CoAuthor]) -> Sequence[CoAuthor]:
        _require(author_id, present)
        return [each for each in present if each.id != author_id]

    return left


def _as_they_are(wanted: Sequence[UUID], present: Sequence[CoAuthor]) -> Sequence[CoAuthor]:
    accepted = {each.id for each in present if each.accepted}
    return [CoAuthor(author_id, accepted=author_id in accepted) for author_id in wanted]


def _require(author_id: UUID, present: Sequence[CoAuthor]) -> None:
    if all(each.id != author_id for each in present):
        raise PostNotFound


def _refuse_strange(post: Post, wanted: Sequence[CoAuthor], present: Collection[UUID]) -> None:
    new = {each.id for each in wanted} - set(present)
    able = Author.objects.filter(id__in=new, suspended=False, may_write=True).values_list("id", flat=True)
    unable = new - set(able)
    errors, seen = [], {post.author_id}
    for place, each in enumerate(wanted, start=1):
        if each.id in seen:
            errors.append(FieldError(f"/authors/{place}/id", "twice", "This author is named twice."))
        elif each.id in unable:
            errors.append(FieldError(f"/authors/{place}/id", "unknown", "There is no such author."))
        seen.add(each.id)
    if errors:
        raise invalid_fields(errors)
