"""Sending the pictures of a write on to media, so that they are shown in the end or gone."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from chassis.client_credentials import client_credentials
from chassis.internal_client import CALLER_TOKEN_HEADER, InternalClient, InternalNotFound, InternalUnavailable
from chassis.logging import get_logger
from chassis.problems import Problem
from django.db import DatabaseError
from django.db.models import QuerySet
from uuid_utils.compat import uuid7

from blog_service.sent_pictures.files import SentFile
from blog_service.sent_pictures.models import SentPicture
from blog_service.settings import settings

TIMEOUT_SECONDS = 150.0  # media decodes a picture for up to 120
AT_ONCE = 50
log = get_logger()


@contextmanager
def pictures_sent(files: Mapping[int, SentFile], *, owner_id: UUID, authorization: str) -> Iterator[dict[int, UUID]]:
    """The ids in media of files, which are sent there; each is given up if the block does not ``pictures_claim`` it.

    ``files`` are by their places in the request, ``authorization`` is the owner's own. Raises Problem: what media
    refused one with, and the place of it as ``index``; 503 while media is away.
    """
    ids: dict[int, UUID] = {index: uuid7() for index in files}
    SentPicture.objects.bulk_create([SentPicture(asset_id=asset_id, owner_id=owner_id) for asset_id in ids.values()])
    try:
        for index, file in files.items():
            _send(index, ids[index], file, authorization)
        yield ids
    except BaseException:
        if ids:
            with suppress(DatabaseError):  # else the sweeper does it
                pictures_give_up(ids.values())
        raise


def pictures_claim(asset_ids: Collection[UUID]) -> set[UUID]:
    """Say that these pictures are shown now, in the transaction that shows them; gives those that must not be.

    Most pictures were never sent with a post: nothing is owed for them.
    """
    owed = SentPicture.objects.filter(asset_id__in=asset_ids).order_by("asset_id").select_for_update()
    given_up = dict(owed.values_list("asset_id", "is_given_up"))
    if claimed := [asset_id for asset_id, is_given_up in given_up.items() if not is_given_up]:
        SentPicture.objects.filter(asset_id__in=claimed).delete()
    return given_up.keys() - claimed


def pictures_give_up(asset_ids: Collection[UUID]) -> None:
    """Have media release those of the pictures that nothing shows; what media does not do now a sweeper asks again."""
    SentPicture.objects.filter(asset_id__in=asset_ids).update(is_given_up=True)
    _release(SentPicture.objects.filter(asset_id__in=asset_ids))


def pictures_give_up_abandoned(*, before: datetime) -> int:
    """Release what was sent ``before`` by requests that never ended, and what media was not there to release."""
    SentPicture.objects.filter(sent_at__lt=before).update(is_given_up=True)
    return _release(SentPicture.objects.filter(is_given_up=True).order_by("sent_at")[:AT_ONCE])


def _send(index: int, asset_id: UUID, file: SentFile, authorization: str) -> None:
    path, shown = f"/internal/assets/{asset_id}", {CALLER_TOKEN_HEADER: authorization}
    try:
        status, answer = _media().put_file(path, file.file, file.size, shown)
    except InternalUnavailable as error:
        raise Problem(503, "media_unavailable", "Pictures cannot be taken in just now; try again.") from error
    if status != 201:
        raise _refused(index, status, answer)


def _refused(index: int, status: int, answer: Any) -> Problem:
    """What media said, of this file of the request."""
    told = answer if isinstance(answer, dict) else {}
    detail = f"images[{index}]: {told.get('detail', 'The picture was refused.')}"
    members = {"index": index} | {name: told[name] for name in ("cause",) if name in told}
    return Problem(status, told.get("code", "image_refused"), detail, members=members)


def _release(given_up: QuerySet[SentPicture]) -> int:
    released = 0
    for picture in given_up:
        try:
            with suppress(InternalNotFound):
                _media().delete(f"/internal/assets/{picture.asset_id}", {"owner_id": str(picture.owner_id)})
        except InternalUnavailable:
            log.warning("sent pictures not released yet", asset_id=str(picture.asset_id))
            return released
        picture.delete()
        released += 1
    return released


@cache
def _media() -> InternalClient:
    return InternalClient(settings().media_url, client_credentials(settings(), "media"), TIMEOUT_SECONDS)
