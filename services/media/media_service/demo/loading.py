"""Loading the demo pictures: drawn here, taken in like uploads, with the same ids on every machine."""

import hashlib
from datetime import UTC, datetime
from uuid import UUID

from media_service import resources
from media_service.assets.selectors import asset_was_known
from media_service.assets.services import asset_add
from media_service.demo.drawing import DRAWINGS, draw
from media_service.renditions.services import renditions_make
from media_service.storage.store import folder_of
from media_service.uploads.services import picture_put

FIRST_ASSET = UUID("01900000-0000-7000-8000-000000000101")
FIRST_OWNER = UUID("01900000-0000-7000-8000-0000000000a1")
PICTURES_EACH = 4


def load() -> int:
    """Draw and take in what is missing; gives how many. A picture that was removed stays so."""
    missing = [number for number in range(len(DRAWINGS)) if not _was_known(_asset_id(number))]
    for number in missing:
        _take_in(number)
        with resources.scratch() as scratch:
            renditions_make(resources.database(), resources.store(), resources.decoder(), scratch, _asset_id(number))
    return len(missing)


def _asset_id(number: int) -> UUID:
    return UUID(int=FIRST_ASSET.int + number)


def _was_known(asset_id: UUID) -> bool:
    with resources.database().reading() as session:
        return asset_was_known(session, asset_id)


def _take_in(number: int) -> None:
    content, now = draw(number), datetime.now(UTC)
    with resources.scratch() as scratch:
        sent = scratch.file()
        sent.write(content)
        picture = resources.decoder().clean(sent, scratch.file())
        blob = picture_put(resources.store(), picture, now=now)
    with resources.database().writing() as session:
        asset = asset_add(
            session,
            blob,
            asset_id=_asset_id(number),
            owner_id=UUID(int=FIRST_OWNER.int + number // PICTURES_EACH),
            sha256=hashlib.sha256(content).hexdigest(),
            alt=DRAWINGS[number].alt,
            now=now,
        )
    if asset.blob_id != blob.id:
        resources.store().remove(folder_of(blob.id))
