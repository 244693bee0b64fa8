"""Taking posts in, one after the other: each with all its pictures, or not at all."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from chassis.django.bodies import read
from chassis.problems import Problem
from chassis.tokens import Claims
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from blog_service.posts.models import Post
from blog_service.posts.services.images import ImageFields
from blog_service.posts.services.writing import PostFields, post_create
from blog_service.posts.v2.bodies import PostV2Body
from blog_service.sent_pictures.files import SentFile
from blog_service.sent_pictures.services import pictures_sent
from blog_service.settings import settings
from blog_service.transfer.entries import MOST_PICTURES, Entries, Entry, Left, Picture, Unreadable
from blog_service.transfer.models import ImportedPost
from blog_service.transfer.pictures import picture_file, pictures_wait, shown_here


@dataclass(frozen=True, slots=True)
class Importer:
    """For whom posts are taken in, from what; with ``leave_pictures`` one that cannot be had is left where it is."""

    claims: Claims
    token: str = field(repr=False)
    source: str
    leave_pictures: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an entry: ``taken``, ``present`` (from an earlier run), or ``left`` and ``why``.

    Of an export also ``lacking``: written, but for pictures that could not be had, and written again by the next.
    """

    key: str
    what: str
    slug: str = ""
    why: str = ""
    notes: tuple[str, ...] = ()


def entries_import(entries: Entries, importer: Importer) -> Iterator[Outcome]:
    """What became of each entry; raises Unreadable where the rest cannot be read, Problem where none can be taken.

    It may be broken off anywhere, and begun again.
    """
    for entry in entries:
        yield Outcome(entry.key, "left", why=entry.why) if isinstance(entry, Left) else _outcome(entry, importer)


def _outcome(entry: Entry, importer: Importer) -> Outcome:
    known = ImportedPost.objects.filter(author_id=importer.claims.sub, source=importer.source, key=entry.key)
    if slug := known.values_list("post__slug", flat=True).first():
        return Outcome(entry.key, "present", slug)
    try:
        return _taken(entry, importer)
    except ValidationError as error:
        return Outcome(entry.key, "left", why=_said(error.detail))
    except Unreadable as error:
        return Outcome(entry.key, "left", why=str(error))
    except Problem as problem:
        if problem.status in {401, 403, 429, 503}:  # nor would the next one be taken
            raise
        faults = [f"{fault.pointer}: {fault.detail}" for fault in problem.errors or ()]
        return Outcome(entry.key, "left", why="; ".join(faults) or problem.detail)


def _taken(entry: Entry, importer: Importer) -> Outcome:
    fields, notes = _fields(entry), list(entry.notes)
    files = _files(entry, notes, leave=importer.leave_pictures)
    by_place = dict(enumerate(files.values()))
    owner_id, authorization = importer.claims.sub, f"Bearer {importer.token}"
    with pictures_sent(by_place, owner_id=owner_id, authorization=authorization) as placed:
        pictures_wait(placed.values())
        ids = dict(zip(files, placed.values(), strict=True))
        fields["images"] = [_image(picture, media) for picture, media in ids.items()]
        fields["body"] = shown_here(entry.body, ids)
        now = timezone.now()
        if entry.published_at and entry.published_at > now:
            notes.append("was to appear later, is a draft")
        fields["published"] = bool(entry.published_at and entry.published_at <= now)
        slug = _created(entry, fields, importer, now=entry.published_at or entry.written_at or now)
    if entry.slug and slug != entry.slug:
        notes.append(f"was called {entry.slug}")
    return Outcome(entry.key, "taken", slug, notes=tuple(notes))


def _fields(entry: Entry) -> PostFields:
    """The post by the rules of the API; raises ValidationError."""
    if not entry.key or len(entry.key) > 300:
        raise Unreadable("has no id that could be remembered")
    sent: dict[str, Any] = {"title": entry.title, "body": entry.body, "tags": list(entry.tags)}
    sent["summary"] = entry.summary[:500]
    fields = cast("PostFields", read(PostV2Body, sent))
    with suppress(ValidationError):  # else one is made of the title
        fields["slug"] = read(PostV2Body, sent | {"slug": entry.slug})["slug"]
    return fields


def _files(entry: Entry, notes: list[str], *, leave: bool) -> dict[Picture, SentFile]:
    files: dict[Picture, SentFile] = {}
    for picture in entry.pictures:
        if str(picture.where).startswith(_own_addresses()):
            continue  # it is here already
        try:
            _require_room(files)
            files[picture] = picture_file(picture)
        except Unreadable as error:
            if not leave:
                raise
            notes.append(f"picture left where it is: {error}")
    return files


def _own_addresses() -> tuple[str, ...]:
    """The addresses of pictures here; at PUBLIC_URL from before they had an origin of their own."""
    return tuple(f"{url}/m/" for url in (settings().pictures_url, settings().public_url))


def _require_room(files: dict[Picture, SentFile]) -> None:
    if len(files) == MOST_PICTURES:
        raise Unreadable(f"has more than {MOST_PICTURES} pictures")


def _created(entry: Entry, fields: PostFields, importer: Importer, *, now: datetime) -> str:
    """Write the post and that it is here, in one transaction; gives its slug."""

    def note(post_id: UUID) -> str:
        identity = {"author_id": importer.claims.sub, "source": importer.source, "key": entry.key}
        ImportedPost.objects.create(post_id=post_id, **identity)
        return Post.objects.values_list("slug", flat=True).get(id=post_id)

    try:
        return post_create(importer.claims, fields, note, now=now)
    except Problem as problem:
        if problem.code != "slug_taken":
            raise
    without = cast("PostFields", {name: value for name, value in fields.items() if name != "slug"})
    return post_create(importer.claims, without, note, now=now)


def _image(picture: Picture, media: UUID) -> ImageFields:
    return {"media": media, "caption": picture.caption[:1000], "alt": picture.alt[:1000]}


def _said(detail: Any) -> str:
    """What is wrong with which field, on one line."""
    if isinstance(detail, dict):
        return "; ".join(f"{name}: {_said(each)}" for name, each in detail.items())
    return " ".join(map(_said, detail)) if isinstance(detail, list) else str(detail)
