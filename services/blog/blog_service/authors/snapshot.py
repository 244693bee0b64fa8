"""Everybody who may write, as auth knows them now: what `events bootstrap authors` fills the read copy with."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from chassis.client_credentials import client_credentials
from chassis.events.envelope import Event
from chassis.internal_client import InternalClient
from uuid_utils.compat import uuid7

from blog_service.settings import settings
from chassis import clock

PAGE_SECONDS = 10.0


def authors_snapshot() -> Iterator[Event]:
    """Events that tell of each account, with the sequence of the last real one; raises InternalUnavailable."""
    auth = InternalClient(settings().auth_url, client_credentials(settings(), "auth"), timeout=PAGE_SECONDS)
    after = str(UUID(int=0))
    while page := auth.get_json("/internal/authors", {"after": after})["authors"]:
        for account in page:
            yield _event("auth.profile.updated.v1", account, "username", "bio", "avatar")
            if "roles" in account:  # an auth of the release before does not tell of them
                yield _event("auth.role.changed.v1", account, "roles")
        after = page[-1]["user_id"]


def _event(type_name: str, account: dict[str, Any], *names: str) -> Event:
    user_id = account["user_id"]
    return Event(
        id=uuid7(),
        type=type_name,
        source="/auth",
        subject=f"user/{user_id}",
        time=clock.now(),
        sequence=account["sequence"],
        partition_key=user_id,
        data={name: account[name] for name in ("user_id", *names)},
    )
