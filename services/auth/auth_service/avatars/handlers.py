"""Reactions to what happens to pictures."""

from uuid import UUID

from chassis.events.envelope import Event

from auth_service.avatars.services import avatar_forget


def avatar_forget_on_asset_removed(event: Event) -> None:
    avatar_forget(UUID(event.data["owner_id"]), UUID(event.data["asset_id"]))
