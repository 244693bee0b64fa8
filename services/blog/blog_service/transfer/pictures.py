"""Pictures of imported posts: read or fetched, sent to media, and waited for."""

import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from uuid import UUID

from blog_service.links import picture_links
from blog_service.media_refs.models import Asset
from blog_service.media_refs.services import assets_pull
from blog_service.outbound.requests import NoAnswer, ask
from blog_service.outbound.targets import TargetRefused, target_of
from blog_service.sent_pictures.files import SentFile
from blog_service.transfer.entries import Picture, Unreadable
from blog_service.transfer.folder import LARGEST_PICTURE

FETCH_SECONDS = 60.0
READY_SECONDS = 120.0
_CHUNK = 1024 * 1024
Wait = Callable[[float], None]


def picture_file(picture: Picture) -> SentFile:
    """The bytes of a picture; raises Unreadable. Addresses go through the guard of webhooks."""
    file = SentFile()
    if isinstance(picture.where, Path):
        with picture.where.open("rb") as source:
            while chunk := source.read(_CHUNK):
                file.take(chunk)
    else:
        file.take(_fetched(picture.where))
    return file


def pictures_wait(ids: Collection[UUID], wait: Wait = time.sleep) -> None:
    """Wait until media has drawn all of these; raises Unreadable for one that it cannot, or not in time."""
    until, pause = time.monotonic() + READY_SECONDS, 0.2
    while ids:
        assets_pull(set(ids))
        known = dict(Asset.objects.filter(id__in=ids).values_list("id", "status"))
        if set(known.values()) == {Asset.Status.READY}:
            return
        if {Asset.Status.FAILED, Asset.Status.REMOVED} & set(known.values()) or time.monotonic() > until:
            raise Unreadable("a picture cannot be shown, or not in time")
        wait(pause)
        pause = min(pause * 2, 5)


def shown_here(body: str, ids: Mapping[Picture, UUID]) -> str:
    """The text with the pictures as they are here now."""
    for picture, media in ids.items():
        if picture.written:
            here = picture_links(media)["large"]
            for before, after in (('"', '"'), ("'", "'"), ("(", ")"), ("(<", ">)"), ("(", " ")):
                body = body.replace(f"{before}{picture.written}{after}", f"{before}{here}{after}")
    return body


def _fetched(address: str) -> bytes:
    try:
        answer = ask(target_of(address), "GET", headers={}, most=LARGEST_PICTURE, seconds=FETCH_SECONDS)
    except TargetRefused as error:
        raise Unreadable(f"{address[:200]}: {error}") from error
    except NoAnswer as error:
        raise Unreadable(f"{address[:200]}: {error.reason}") from error
    if answer.status != 200:
        raise Unreadable(f"{address[:200]}: answered {answer.status}")
    if not answer.is_whole:
        raise Unreadable(f"{address[:200]}: has more than {LARGEST_PICTURE} bytes")
    return answer.body
