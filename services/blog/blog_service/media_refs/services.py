"""Writes to the read copy of pictures: from media's events, and by asking media for what no event has told yet."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from chassis.client_credentials import client_credentials
from chassis.django.prepared import prepared
from chassis.internal_client import InternalClient, InternalUnavailable
from django.db.models import QuerySet
from django.utils import timezone

from blog_service.erased.services import is_erased
from blog_service.media_refs.models import Asset
from blog_service.settings import settings

AT_ONCE = 50


def asset_apply(asset: Mapping[str, Any], *, status: str, sequence: int) -> None:
    """Take over what media says of a picture (asset_id, owner_id, width, height), unless something newer is known.

    One of somebody who was erased is nobody's, and gone.
    """
    asset_id, owner_id = UUID(asset["asset_id"]), UUID(asset["owner_id"])
    told: dict[str, Any] = {name: asset[name] for name in ("width", "height")} | {"sequence": sequence}
    if is_erased(owner_id):
        told |= {"owner_id": None, "status": Asset.Status.REMOVED}
    else:
        told |= {"owner_id": owner_id, "status": status}
    _, created = Asset.objects.get_or_create(id=asset_id, defaults=told)
    if not created:
        # of one sequence too: what media did not know for a while, as after a restore, comes back unchanged
        Asset.objects.filter(id=asset_id, sequence__lte=sequence).update(**told)


def assets_ensure(ids: set[UUID]) -> None:
    """Ask media about pictures blog has not heard of; while media is away they count as being processed."""
    known = Asset.objects.filter(id__in=ids, owner_id__isnull=False).values_list("id", flat=True) if ids else ()
    if unknown := ids - set(known):
        assets_pull(unknown)


def assets_refresh(post_id: UUID) -> None:
    """Ask media about the unsettled pictures of a post: its events may still be on their way."""
    if ids := {asset_id for (asset_id,) in _unsettled(post_id)}:
        assets_pull(ids)


def assets_refresh_stuck(*, before: datetime) -> None:
    """Ask media about pictures that are unsettled and were last asked about ``before``, some at a time."""
    stuck = Asset.objects.filter(status=Asset.Status.PROCESSING, checked_at__lt=before)
    if ids := set(stuck.order_by("checked_at").values_list("id", flat=True)[:AT_ONCE]):
        assets_pull(ids)


def assets_pull(ids: set[UUID]) -> None:
    """Take over what media says about these pictures now; while media is away they stay what they were, or pending."""
    try:
        assets_compare(ids)
    except InternalUnavailable:
        Asset.objects.bulk_create([Asset(id=asset_id) for asset_id in sorted(ids)], ignore_conflicts=True)


def assets_compare(ids: set[UUID]) -> None:
    """Take over what media says about these pictures now, at most 200; raises InternalUnavailable."""
    answer = _media().get_json("/internal/assets", {"ids": ",".join(map(str, sorted(ids)))})
    told = {UUID(asset["asset_id"]): asset for asset in answer["assets"]}
    for asset in told.values():
        asset_apply(asset, status=asset["status"], sequence=asset["sequence"])
    # Known here and not there: removed, or accepted while media was away although it never had them.
    Asset.objects.filter(id__in=ids - told.keys()).update(status=Asset.Status.REMOVED)
    Asset.objects.filter(id__in=ids).update(checked_at=timezone.now())


@prepared
def _unsettled(post_id: UUID) -> "QuerySet[Asset, tuple[UUID]]":
    return Asset.objects.filter(post_images__post_id=post_id, status=Asset.Status.PROCESSING).values_list("id")


@cache
def _media() -> InternalClient:
    return InternalClient(settings().media_url, client_credentials(settings(), "media"))
