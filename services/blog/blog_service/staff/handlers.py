"""Reactions to what happens to the accounts of staff."""

from uuid import UUID

from chassis.events.envelope import Event

from blog_service.staff.services import staff_change


def staff_change_on_role_changed(event: Event) -> None:
    staff_change(UUID(event.data["user_id"]), roles=event.data["roles"])
