"""Making renditions of a stored picture: fetched, drawn, and kept beside it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from chassis.metrics import counter

from chassis import statsd
from media_service.decoding.decoder import Decoder
from media_service.pictures.outcomes import Placeholder, Rendered
from media_service.pictures.scratch import Scratch
from media_service.storage.models import Blob, Rendition
from media_service.storage.store import Store, key_of


@dataclass(frozen=True, slots=True)
class Drawing:
    """What was made of a stored picture: rows for its renditions, whose files are kept, and what was told of it."""

    renditions: list[Rendition]
    placeholder: Placeholder
    animated: bool


@dataclass(slots=True)
class Outcome:
    """What came of an attempt, see ``media_renditions_total``."""

    word: str = "failed"


@contextmanager
def counted(presets: Iterable[str]) -> Iterator[Outcome]:
    """Count an attempt at these renditions by what is said of it until the block ends."""
    outcome = Outcome()
    try:
        yield outcome
    finally:
        for preset in presets:
            counter("media_renditions_total").labels(preset, outcome.word).inc()
            statsd.incr(f"renditions.{outcome.word}")


def renditions_draw(store: Store, decoder: Decoder, scratch: Scratch, blob: Blob, sides: Mapping[str, int]) -> Drawing:
    """A rendition of each name, its longest side at most so many pixels; the rows are the caller's to keep.

    Raises Undecodable for a picture that cannot be drawn, OSError where the store is away.
    """
    original = scratch.file()
    store.fetch(key_of(blob.id, blob.sha256, blob.mime), original)
    drawn = decoder.render(original, blob.mime, scratch.file(), sides)
    placeholder, animated = next((each.placeholder, each.animated) for each in drawn if each.placeholder)
    return Drawing([_keep(store, blob, rendered) for rendered in drawn], placeholder, animated)


def _keep(store: Store, blob: Blob, rendered: Rendered) -> Rendition:
    sha256 = hashlib.sha256(rendered.content).hexdigest()
    store.put(key_of(blob.id, sha256, rendered.mime), rendered.content)
    return Rendition(
        blob_id=blob.id,
        preset=rendered.name,
        sha256=sha256,
        mime=rendered.mime,
        bytes=len(rendered.content),
        width=rendered.width,
        height=rendered.height,
    )
