"""Making renditions of a stored picture: fetched, drawn, and kept beside it."""

import hashlib
from collections.abc import Mapping

from media_service.pictures.scratch import Scratch
from media_service.renditions.encoding import MIME
from media_service.renditions.rendering import Rendered, render
from media_service.storage.models import Blob, Rendition
from media_service.storage.store import Store, key_of


def renditions_draw(store: Store, scratch: Scratch, blob: Blob, sides: Mapping[str, int]) -> list[Rendition]:
    """A rendition of each name, its longest side at most so many pixels; the rows are the caller's to keep.

    Raises vips.Error for a picture that cannot be drawn, OSError where the store is away.
    """
    original = scratch.file()
    store.fetch(key_of(blob.id, blob.sha256, blob.mime), original)
    return [_keep(store, blob, rendered) for rendered in render(original, blob.mime, scratch, sides)]


def _keep(store: Store, blob: Blob, rendered: Rendered) -> Rendition:
    sha256 = hashlib.sha256(rendered.content).hexdigest()
    store.put(key_of(blob.id, sha256, MIME), rendered.content)
    return Rendition(
        blob_id=blob.id,
        preset=rendered.name,
        sha256=sha256,
        mime=MIME,
        bytes=len(rendered.content),
        width=rendered.width,
        height=rendered.height,
    )
