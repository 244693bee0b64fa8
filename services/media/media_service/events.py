"""What media publishes, and what it does about the events of others."""

from collections.abc import Mapping

from chassis.events.databases import Handler

from media_service.assets.events import AssetFailed, AssetReady, AssetRemoved, AssetUploaded
from media_service.erasure.events import ErasureDone
from media_service.usage.events import RefConfirmed, RefRejected

PUBLISHES = (AssetUploaded, AssetReady, AssetFailed, AssetRemoved, RefConfirmed, RefRejected, ErasureDone)

HANDLERS: Mapping[str, Handler] = {}
