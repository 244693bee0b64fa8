"""Writes to tags."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from chassis.problems import Problem
from django.db import connection, transaction

from blog_service.tags.models import Tag, tag_key

_MEANT = """
SELECT tag.key, meant.id, meant.name
FROM tags_tag tag JOIN tags_tag meant ON meant.id = COALESCE(tag.merged_into_id, tag.id)
WHERE tag.key IN
"""


class MeantTag(NamedTuple):
    """A tag that a post can have, and what it is called."""

    id: int
    name: str


def tags_ensure(names: list[str]) -> list[MeantTag]:
    """The tags of these names in their order, made where there were none; one spelling stands for all of a word."""
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(tag_key(name), " ".join(name.split()))
    known = _meant_by(wanted)
    if missing := [Tag(key=key, name=wanted[key]) for key in sorted(wanted.keys() - known.keys())]:
        # Another request may make one at the same moment; in one order, so that the two cannot block each other.
        Tag.objects.bulk_create(missing, ignore_conflicts=True)
        known = _meant_by(wanted)
    return list(dict.fromkeys(known[key] for key in wanted))


@transaction.atomic
def tag_rename(tag_id: int, name: str, *, actor: UUID) -> None:
    """Spell a tag otherwise, or call it otherwise; its former name goes on meaning it.

    Its posts follow, see ``posts/services/retagging.py``. Raises Problem (409) if another tag has the name.
    """
    name = " ".join(name.split())
    tag = Tag.objects.select_for_update().get(id=tag_id)
    other = Tag.objects.select_for_update().filter(key=tag_key(name)).exclude(id=tag_id).first()
    if other and other.merged_into_id != tag_id:
        raise Problem(409, "tag_taken", "There is such a tag; merge the two.")
    former = Tag(name=tag.name, key=tag.key, merged_into=tag)
    if other:  # a name that it had before: the two change places
        former.id, former.changed_by = other.id, other.changed_by
        Tag.objects.filter(id=other.id).update(key=f"\t{other.id}")  # no tag's, for spaces are single in a key
    tag.name, tag.key, tag.changed_by = name, tag_key(name), actor
    tag.save(update_fields=["name", "key", "changed_by"])
    if former.key != tag.key:
        former.save()


@transaction.atomic
def tag_merge(tag_id: int, into_id: int, *, actor: UUID) -> None:
    """Let a tag be a name of another one, with all names it had itself; its posts follow as above."""
    tags = {tag.id: tag for tag in Tag.objects.filter(id__in={tag_id, into_id}).order_by("id").select_for_update()}
    tag, into = tags[tag_id], tags[into_id].present
    if into.id in {tag.id, tag.merged_into_id}:
        return
    tag.merged_into, tag.changed_by = into, actor
    tag.save(update_fields=["merged_into", "changed_by"])
    Tag.objects.filter(merged_into=tag).update(merged_into=into)


def _meant_by(keys: Collection[str]) -> dict[str, MeantTag]:
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"{_MEANT} ({', '.join(['%s'] * len(keys))})", list(keys))
        return {key: MeantTag(tag_id, name) for key, tag_id, name in cursor.fetchall()}
