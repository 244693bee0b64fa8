"""Drawing all renditions anew, after presets or encoders have changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from chassis.logging import get_logger

from media_service import resources
from media_service.decoding.answers import Undecodable
from media_service.renditions.selectors import drawn_after, drawn_count
from media_service.renditions.services import renditions_redo
from media_service.settings import settings

AT_ONCE = 100

log = get_logger()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it has come: pictures done of those there were, how many could not be drawn, the last one's id."""

    done: int
    total: int
    failed: int
    last: UUID


def rerender(after: UUID) -> Iterator[Progress]:
    """Draw every stored picture that has renditions, in the order of their ids, from behind ``after`` on.

    May be stopped at any time, and done again: what has not changed stays the same file. Raises OSError, DecoderAway
    where it cannot go on.
    """
    database, sides, done, failed = resources.database(), settings().sides, 0, 0
    with database.reading() as session:
        total = drawn_count(session)
    while True:
        with database.reading() as session:
            ids = drawn_after(session, after, limit=AT_ONCE)
        if not ids:
            return
        for after in ids:  # noqa: PLR1704  it is how far we are
            try:
                with resources.scratch() as scratch:
                    renditions_redo(database, resources.store(), resources.decoder(), scratch, after, sides)
            except (Undecodable, FileNotFoundError) as error:
                log.warning("picture cannot be drawn again", blob=str(after), error=str(error))
                failed += 1
            done += 1
            yield Progress(done, total, failed, after)
