"""Reactions to what happens to accounts."""

from blog_service.authors.services import author_apply
from chassis.events.envelope import Event


def author_upsert_on_user_registered(event: Event) -> None:
    author_apply(event.data, sequence=event.sequence)


def author_upsert_on_profile_updated(event: Event) -> None:
    author_apply(event.data, sequence=event.sequence)
