"""Reactions to what happens to pictures."""

from uuid import UUID

from chassis.events.envelope import Event

from auth_service.audit.models import Action
from auth_service.audit.services import audit_record
from auth_service.avatars.services import avatar_forget
from auth_service.users.models import User


def avatar_forget_on_asset_removed(event: Event) -> None:
    """Nobody's avatar is that picture any more, and its owner's log has who removed it although it was used."""
    avatar_forget(UUID(event.data["owner_id"]), UUID(event.data["asset_id"]))
    _audit(event)


def _audit(event: Event) -> None:
    """Write down what its owner deleted though something used it, and whatever staff took down."""
    cause, uses, owner_id = event.data.get("cause"), event.data.get("uses", 0), UUID(event.data["owner_id"])
    is_told = cause == "taken_down" or (cause == "deleted" and uses > 0)
    if is_told and User.objects.filter(id=owner_id).exists():
        action = Action.PICTURE_TAKEN_DOWN if cause == "taken_down" else Action.PICTURE_DELETED
        actor = UUID(event.actor) if event.actor else None
        session_id = UUID(sid) if (sid := event.data.get("session_id")) else None
        told = {"asset_id": event.data["asset_id"], "uses": uses}
        audit_record(action, user_id=owner_id, actor=actor, session_id=session_id, at=event.time, **told)
