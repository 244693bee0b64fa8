"""The contract of media's public API, as it is committed under contracts/openapi."""

from typing import Any

from chassis.health import Health
from obstore.store import MemoryStore

from media_service.app import create_app
from media_service.settings import MediaSettings
from media_service.storage.store import Store


def document(settings: MediaSettings) -> dict[str, Any]:
    """OpenAPI 3.1, without a server of its own: the gateway has the address."""
    return create_app(settings, Store(MemoryStore()), Health()).openapi()
