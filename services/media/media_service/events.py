"""What media publishes, and what it does about the events of others."""

from collections.abc import Mapping

from chassis.events.database import Handler

from media_service.assets.events import AssetFailed, AssetReady, AssetRemoved, AssetUploaded

PUBLISHES = (AssetUploaded, AssetReady, AssetFailed, AssetRemoved)

HANDLERS: Mapping[str, Handler] = {}
