"""The contract of media's public API, as it is committed under contracts/openapi."""

from typing import Any

from chassis.health import Health
from chassis.openapi import completed
from obstore.store import MemoryStore

from media_service.app import STAND_IN, create_app
from media_service.decoding.decoder import Decoder
from media_service.settings import MediaSettings
from media_service.storage.store import Store


def document(settings: MediaSettings) -> dict[str, Any]:
    """OpenAPI 3.1, without a server of its own: the gateway has the address."""
    made = create_app(settings, Store(MemoryStore()), Decoder.of(settings), Health()).openapi()
    for operations in made["paths"].values():
        for operation in operations.values():
            operation["responses"].pop(STAND_IN)
    return completed(made)
