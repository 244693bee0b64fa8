"""What operators are told of pictures as figures: each is one number, however many pictures there are."""

from collections.abc import Mapping

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from media_service.quota.models import OwnerStorage
from media_service.storage.models import Blob, Rendition, RenditionForm
from media_service.transforms.models import Derivative

NEAR = 0.9
"""Share of the quota from which on its owner is near it."""
SIZES = {
    "pictures": Blob.bytes,
    "renditions": Rendition.bytes,
    "forms": RenditionForm.bytes,
    "derivatives": Derivative.bytes,
}


def stored_bytes(session: Session) -> Mapping[str, int]:
    """Bytes that the store holds, by kind; reads all their rows."""
    return {kind: int(session.scalar(select(func.sum(size))) or 0) for kind, size in SIZES.items()}


def owners_count(session: Session, *, quota_bytes: int) -> Mapping[str, int]:
    """How many users have pictures, ``near`` their quota and ``below``."""
    is_near = OwnerStorage.bytes > NEAR * quota_bytes
    near, all_of_them = session.execute(select(func.sum(case((is_near, 1), else_=0)), func.count())).one()
    return {"near": near or 0, "below": all_of_them - (near or 0)}
