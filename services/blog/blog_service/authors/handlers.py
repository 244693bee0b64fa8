"""Reactions to what happens to accounts."""

from chassis.events.envelope import Event

from blog_service.authors.services import author_apply


def author_upsert_on_user_registered(event: Event) -> None:
    author_apply(event.data, sequence=event.sequence)


def author_upsert_on_profile_updated(event: Event) -> None:
    author_apply(event.data, sequence=event.sequence)
