"""How exports are shown."""

from datetime import datetime
from uuid import UUID

from chassis.clock import format_timestamp
from chassis.django.shapes import Moment, Shape, Url, source

from auth_service.exports.models import Export, State
from auth_service.settings import settings


class ExportShape(Shape):
    """An archive of all that is held about the caller."""

    id: UUID
    state: State
    requested_at: Moment
    url: Url | None = source(description="Where the archive is, for its owner with a token; null unless it is ready.")
    expires_at: Moment | None = source(description="Until when; null before it is made.")

    @classmethod
    def of(cls, export: Export, *, now: datetime) -> "ExportShape":
        state = export.state_at(now)
        return cls(
            id=export.id,
            state=state,
            requested_at=format_timestamp(export.requested_at),
            url=f"{settings().public_url}/api/v2/me/exports/{export.id}/archive" if state == "ready" else None,
            expires_at=format_timestamp(export.expires_at) if export.expires_at else None,
        )


class ExportsShape(Shape):
    """The exports of the last 30 days, newest first."""

    items: list[ExportShape]
