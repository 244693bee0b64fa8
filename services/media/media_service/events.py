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
from media_service.keeping.handlers import count_use_of_avatar, count_uses_of_object

PUBLISHES = (AssetUploaded, AssetReady, AssetFailed, AssetReplaced, AssetRemoved, ShownChanged, ErasureDone, ExportMade)

HANDLERS: Mapping[str, Handler] = {
    "blog.media_refs.changed.v1": count_uses_of_object,
    "auth.user.registered.v1": count_use_of_avatar,
    "auth.profile.updated.v1": count_use_of_avatar,
    "auth.export.asked.v1": export_take_on_export_asked,
    "auth.erasure.execute.v1": user_erase_on_erasure_execute,
    "auth.erasure.completed.v1": user_forget_on_erasure_completed,
}
