"""How deletions are shown."""

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.clock import format_timestamp
from chassis.django.shapes import Moment, Shape, Url, source

from auth_service.deletions.links import receipt_url
from auth_service.deletions.models import Deletion


class DeletionShape(Shape):
    """A deletion that its account has asked for."""

    id: UUID
    requested_at: Moment
    deletes_at: Moment
    receipt_url: Url = source(description="Shows what became of it, to whoever has the link.")

    @classmethod
    def of(cls, deletion: Deletion, deletes_at: datetime) -> "DeletionShape":
        return cls(
            id=deletion.id,
            requested_at=format_timestamp(deletion.requested_at),
            deletes_at=format_timestamp(deletes_at),
            receipt_url=receipt_url(deletion.receipt),
        )


class ReceiptShape(Shape):
    """What became of a deletion. It names nobody."""

    id: UUID
    requested_at: Moment
    completed_at: Moment | None
    services: dict[str, Any] | None = source(
        "counts",
        "completed_at",
        through=lambda counts, completed_at: counts if completed_at else None,
        description="By service and table, how much was erased or made nobody's; null before the end.",
    )


class DeletesAtShape(Shape):
    """When the account will be deleted."""

    deletes_at: Moment
