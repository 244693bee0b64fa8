"""Writes to tags."""

from blog_service.tags.models import Tag, tag_key


def tags_ensure(names: list[str]) -> list[Tag]:
    """The tags of these names in their order, made where there were none; one spelling stands for all of a word."""
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(tag_key(name), " ".join(name.split()))
    known = Tag.objects.in_bulk(wanted, field_name="key")
    if missing := [Tag(key=key, name=wanted[key]) for key in sorted(wanted.keys() - known.keys())]:
        # Another request may make one at the same moment; in one order, so that the two cannot block each other.
        Tag.objects.bulk_create(missing, ignore_conflicts=True)
        known = Tag.objects.in_bulk(wanted, field_name="key")
    return [known[key] for key in wanted]
