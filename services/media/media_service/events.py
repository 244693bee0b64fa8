"""What media publishes, and what it does about the events of others."""

from collections.abc import Mapping

from chassis.events.database import Handler

from media_service.assets.events import (
    AssetFailed,
    AssetReady,
    AssetRemoved,
    AssetReplaced,
    AssetUploaded,
    ShownChanged,
)
from media_service.erasure.events import ErasureDone
from media_service.erasure.handlers import user_erase_on_erasure_execute, user_forget_on_erasure_completed
from media_service.exports.events import ExportMade
from media_service.exports.handlers import export_take_on_export_asked
from media_service.keeping.handlers import avatar_use_set_on_profile_told, uses_set_on_media_refs_changed

PUBLISHES = (AssetUploaded, AssetReady, AssetFailed, AssetReplaced, AssetRemoved, ShownChanged, ErasureDone, ExportMade)

HANDLERS: Mapping[str, Handler] = {
    "blog.media_refs.changed.v1": uses_set_on_media_refs_changed,
    "auth.user.registered.v1": avatar_use_set_on_profile_told,
    "auth.profile.updated.v1": avatar_use_set_on_profile_told,
    "auth.export.asked.v1": export_take_on_export_asked,
    "auth.erasure.execute.v1": user_erase_on_erasure_execute,
    "auth.erasure.completed.v1": user_forget_on_erasure_completed,
}
