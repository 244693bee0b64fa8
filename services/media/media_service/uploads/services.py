"""Storing a picture that was received and found sound."""

from datetime import datetime

from uuid_utils.compat import uuid7

from media_service.pictures.outcomes import CleanPicture
from media_service.storage.models import Blob
from media_service.storage.store import Store, key_of


def picture_put(store: Store, picture: CleanPicture, *, now: datetime) -> Blob:
    """Store the file under a key that is new; the Blob is to be claimed in a transaction, or its folder removed."""
    blob = Blob(
        id=uuid7(),
        sha256=picture.sha256(),
        mime=picture.mime,
        bytes=picture.bytes,
        width=picture.width,
        height=picture.height,
        animated=picture.animated,
        created_at=now,
        thumbhash="",
        color="",
    )
    store.put(key_of(blob.id, blob.sha256, blob.mime), picture.file)
    return blob
