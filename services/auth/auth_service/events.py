"""What auth tells the other services, and what it listens to."""

from chassis.events.database import Handler
from chassis.events.types import EventData

from auth_service.avatars.handlers import avatar_forget_on_asset_removed
from auth_service.erasure.events import ErasureCompleted, ErasureExecute
from auth_service.erasure.handlers import deletion_answered_by_service
from auth_service.exports.events import ExportAsked
from auth_service.exports.handlers import export_made_by_media
from auth_service.keys.events import KeyRevoked, KeyRotated
from auth_service.mails.handlers import mail_queue_on_webhook_disabled
from auth_service.personal_tokens.events import PersonalTokenRevoked
from auth_service.sessions.events import SessionRevoked
from auth_service.users.events import (
    CredentialsChanged,
    ProfileUpdated,
    RoleChanged,
    TokensRevoked,
    UserReactivated,
    UserRegistered,
    UserSuspended,
)

PUBLISHES: tuple[type[EventData], ...] = (
    UserRegistered,
    ProfileUpdated,
    SessionRevoked,
    PersonalTokenRevoked,
    TokensRevoked,
    CredentialsChanged,
    UserSuspended,
    UserReactivated,
    RoleChanged,
    KeyRotated,
    KeyRevoked,
    ErasureExecute,
    ErasureCompleted,
    ExportAsked,
)

HANDLERS: dict[str, Handler] = {
    "media.asset.removed.v1": avatar_forget_on_asset_removed,
    "blog.erasure.done.v1": deletion_answered_by_service,
    "media.erasure.done.v1": deletion_answered_by_service,
    "media.export.made.v1": export_made_by_media,
    "blog.webhook.disabled.v1": mail_queue_on_webhook_disabled,
}
