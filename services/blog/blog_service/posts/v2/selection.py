"""What of a post an answer of version 2 holds: ``fields=`` leaves parts out, ``include=`` adds what belongs to it."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Self
from uuid import UUID

from chassis.django.lists import rows_on
from chassis.django.shapes import Shape
from chassis.lists import CURSOR, Parameter, Query, cursor_page
from chassis.problems import Problem
from chassis.tokens import Claims
from msgspec import UNSET

from blog_service.comments.selectors import OLDEST_FIRST, comment_rows, comments_of
from blog_service.comments.v2.shapes import CommentsV2Shape, CommentV2Shape
from blog_service.posts.selectors import PostRow
from blog_service.posts.v2.shapes import AuthorIncludedV2Shape, IncludedAuthorV2Shape

AUTHOR, COMMENTS = "author", "comments"
FIELDS = Parameter("fields", description="only these fields and `id`, separated by commas", refused_as="field_unknown")
_INCLUDE = "separated by commas: `author` adds `bio` and `posts_count` to the author"
INCLUDE = Parameter("include", description=_INCLUDE, refused_as="include_unknown")
INCLUDE_OF_ONE = Parameter(
    "include", description=f"{_INCLUDE}, `comments` the first of them", refused_as=INCLUDE.refused_as
)
IN_LIST, OF_ONE = (FIELDS, INCLUDE), (FIELDS, INCLUDE_OF_ONE)

_PART = {
    "type": "object",
    "description": "with `fields` or `include`: what is left, and what is added",
    "properties": {"id": {"type": "string", "format": "uuid"}},
    "required": ["id"],
    "additionalProperties": True,
}
POST_OR_PART = {"anyOf": [{"$ref": "#/components/schemas/PostV2Shape"}, _PART]}
"""For ``extend_schema``: whoever asks for no selection gets all of the shape."""
_ITEMS = {"type": "array", "items": {"anyOf": [{"$ref": "#/components/schemas/PostInListV2Shape"}, _PART]}}


def list_or_parts(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a list, with what stands beside its ``items``."""
    return {"type": "object", "properties": {"items": _ITEMS, name: schema}, "required": ["items", name]}


class Selection(NamedTuple):
    """What was asked for; ``fields`` is None for all of them."""

    shape: type[Shape]
    fields: frozenset[str] | None
    includes: frozenset[str]

    @classmethod
    def of(cls, query: Query, shape: type[Shape], includes: Iterable[str] = (AUTHOR,)) -> Self:
        """Raises Problem (400) ``field_unknown`` or ``include_unknown``."""
        if not (query.text("fields") or query.text("include")):
            return cls(shape, None, frozenset())
        wanted = _named(query.text("include"), frozenset(includes), INCLUDE) or frozenset()
        added = wanted & {COMMENTS}
        fields = _named(query.text("fields"), frozenset(shape.__struct_fields__) | added, FIELDS)
        return cls(shape, None if fields is None else fields | {"id"} | added, wanted)

    def columns(self) -> tuple[str, ...]:
        """What a query has to read for it."""
        more = IncludedAuthorV2Shape.columns() if AUTHOR in self.includes else ()
        return self.shape.columns() + more

    def shown(self, row: PostRow, viewer: Claims | None = None) -> Shape | dict[str, Any]:
        """A post of which the columns were read."""
        shape = self.shape.from_row(row)
        if self.fields is None and not self.includes:
            return shape
        whole: dict[str, Any] = {name: getattr(shape, name) for name in shape.__struct_fields__}
        whole |= self._included(row, viewer)
        wanted = whole.keys() if self.fields is None else self.fields
        return {name: value for name, value in whole.items() if name in wanted and value is not UNSET}

    def _included(self, row: PostRow, viewer: Claims | None) -> Mapping[str, Any]:
        included: dict[str, AuthorIncludedV2Shape | CommentsV2Shape] = {}
        if AUTHOR in self.includes:
            included[AUTHOR] = IncludedAuthorV2Shape.from_row(row).author
        if COMMENTS in self.includes:
            included[COMMENTS] = _first_comments(row["id"], viewer)
        return included


def _named(given: str | None, known: frozenset[str], parameter: Parameter) -> frozenset[str] | None:
    if given is None:
        return None
    names = frozenset(given.split(","))
    if unknown := names - known:
        detail = f"{min(unknown)[:100]!r} is none of: {', '.join(sorted(known))}."
        raise Problem(400, parameter.refused_as, detail)
    return names


def _first_comments(post_id: UUID, viewer: Claims | None) -> CommentsV2Shape:
    """The beginning of the list of comments, with the cursor that goes on in it."""
    page = cursor_page(Query(f"/api/v2/posts/{post_id}/comments", (), CURSOR), OLDEST_FIRST)
    found = comment_rows(rows_on(page, comments_of(post_id, viewer)), viewer, CommentV2Shape.columns())
    rows, next_cursor = page.split(found, lambda row: (row["created_at"], row["id"]))
    return CommentsV2Shape(items=[CommentV2Shape.from_row(row) for row in rows], next_cursor=next_cursor)
